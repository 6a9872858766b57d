using System.Diagnostics;

namespace Research.TextVae.Plots;

/// <summary>The machine's Chromium without a window.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>The browser's path: from the environment variable TEXTVAE_CHROMIUM or CHROME_BIN, else the first one on the PATH.</summary>
    /// <exception cref="UserErrorException">There is none.</exception>
    public static string Find()
    {
        foreach (var variable in new[] { "TEXTVAE_CHROMIUM", "CHROME_BIN" })
        {
            if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } path) continue;
            return File.Exists(path) ? path : throw new UserErrorException($"{variable} names '{path}', which is not there: set it to a Chromium or Chrome program.");
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new UserErrorException("Pictures need a Chromium browser and none is on the PATH: apt-get install chromium (or set TEXTVAE_CHROMIUM).");
    }

    /// <summary>Opens a local page, lets its scripts finish, and returns its document as they left it.</summary>
    /// <exception cref="UserErrorException">There is no browser, or it failed.</exception>
    public static string DumpDocument(string pagePath)
    {
        var browser = Find();
        var profile = Directory.CreateTempSubdirectory("textvae-chromium-");
        try
        {
            var start = new ProcessStartInfo(browser) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in new[]
            {
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--disable-extensions",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--no-default-browser-check",
                "--disable-breakpad", "--virtual-time-budget=20000", $"--user-data-dir={profile.FullName}", "--dump-dom", new Uri(pagePath).AbsoluteUri,
            })
                start.ArgumentList.Add(argument);

            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            if (!Task.WaitAll([errors, output], Limit))
            {
                process.Kill(entireProcessTree: true);
                throw new UserErrorException($"{browser} did not finish drawing within {Limit.TotalSeconds:0} s: try it on '{pagePath}' by hand.");
            }

            process.WaitForExit();
            if (process.ExitCode == 0) return output.Result;
            var reason = errors.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "no message";
            throw new UserErrorException($"{browser} ended with code {process.ExitCode} while drawing: {reason}");
        }
        finally
        {
            DeleteProfile(profile);
        }
    }

    /// <summary>The browser's helpers may still be writing for a moment after it ended.</summary>
    private static void DeleteProfile(DirectoryInfo profile)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                profile.Delete(recursive: true);
                return;
            }
            catch (IOException) when (attempt < 10)
            {
                Thread.Sleep(50);
            }
        }
    }
}
