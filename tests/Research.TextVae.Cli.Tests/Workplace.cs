using System.Diagnostics;

namespace Research.TextVae.Cli.Tests;

/// <summary>A folder of its own in which processes are run, with their caches inside it.</summary>
internal sealed class Workplace : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("textvae-cli-").FullName;

    public string ScriptCache => Path.Combine(Folder, "cache", "research-textvae", "scripts");

    /// <summary>What keeps Jupyter's programs inside the folder, where the kernel is installed with <c>--prefix</c>.</summary>
    public (string Name, string? Value)[] OfJupyter =>
        [("JUPYTER_PATH", Path.Combine(Folder, "share", "jupyter")), ("JUPYTER_DATA_DIR", Path.Combine(Folder, "data")),
            ("JUPYTER_RUNTIME_DIR", Path.Combine(Folder, "runtime")), ("HOME", Folder)];

    /// <summary>The top folder of the checkout these tests were built from.</summary>
    public static string Checkout { get; } = FindCheckout(AppContext.BaseDirectory);

    public string Write(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Runs the command line that was built with these tests.</summary>
    public Outcome TextVae(params string[] arguments) => Finish(StartTextVae(arguments));

    public Process StartTextVae(params string[] arguments) =>
        Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "textvae.dll"), .. arguments]);

    public Process Start(string program, string[] arguments, params (string Name, string? Value)[] environment) =>
        Start(program, arguments, Folder, environment);

    public Process Start(string program, string[] arguments, string folder, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["XDG_CACHE_HOME"] = Path.Combine(Folder, "cache");
        start.Environment.Remove("TEXTVAE_RUNS");
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static Outcome Finish(Process process)
    {
        using (process)
        {
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(TimeSpan.FromMinutes(4)))
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException(
                    $"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} does not end.");
            }

            process.WaitForExit();
            return new Outcome(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string FindCheckout(string folder) => File.Exists(Path.Combine(folder, "Research.TextVae.sln"))
        ? folder
        : FindCheckout(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("These tests run from a checkout."));
}
