using Research.TextVae.Support;

namespace Research.TextVae.Charts;

/// <summary>The machine's Chromium.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

    /// <summary>The browser's path: from the environment variable TEXTVAE_CHROMIUM or CHROME_BIN, else the first one on the PATH.</summary>
    /// <exception cref="UserException">There is none.</exception>
    public static string Find()
    {
        foreach (var variable in new[] { "TEXTVAE_CHROMIUM", "CHROME_BIN" })
        {
            if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } path) continue;
            return File.Exists(path)
                ? path
                : throw new UserException($"{variable} names '{path}', which is not there: set it to a Chromium or Chrome program.");
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new UserException(
                "Pictures need a Chromium browser and none is on the PATH: apt-get install chromium (or set TEXTVAE_CHROMIUM).");
    }
}
