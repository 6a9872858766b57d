using System.ComponentModel;
using System.Diagnostics;
using Research.TextVae.Support;

namespace Research.TextVae.Cli;

/// <summary>A recipe in F#, which the interpreter of the .NET SDK runs, <c>dotnet fsi</c>.</summary>
internal static class FSharpScript
{
    private const string Host = "dotnet";

    public static bool Is(string path) => path.EndsWith(".fsx", StringComparison.OrdinalIgnoreCase);

    /// <returns>The script's exit code; 1 where it does not compile.</returns>
    /// <exception cref="UserException">There is no such script, or no SDK.</exception>
    public static int Run(string path, IEnumerable<string> arguments)
    {
        if (!File.Exists(path))
            throw new UserException($"there is no script '{path}' in {Environment.CurrentDirectory}.");
        if (!HasSdk())
            throw new UserException(
                $"{path}: F# scripts are run by the .NET SDK, and '{Host}' here has none; install the .NET SDK 10, or run a recipe in C#.");
        using var stop = new StopSignals();
        return ChildProcess.Run(Host, ["fsi", path, .. arguments], log: null, stop.Token);
    }

    private static bool HasSdk()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Host, ["--list-sdks"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            _ = process.StandardError.ReadToEndAsync();
            return process.StandardOutput.ReadToEnd().Length > 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
