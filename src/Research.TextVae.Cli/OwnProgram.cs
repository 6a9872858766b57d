using Research.TextVae.Support;

namespace Research.TextVae.Cli;

/// <summary>Where this program is, and how it is started again as another process.</summary>
internal static class OwnProgram
{
    /// <summary>The top folder of the checkout this program was built in; null for the tool.</summary>
    public static string? Checkout { get; } = FindCheckout(AppContext.BaseDirectory);

    /// <summary>Program and arguments: the .NET host with the assembly, or the program itself where it is one.</summary>
    public static IReadOnlyList<string> CommandLine(params IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath!;
        var isHost = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        return isHost ? [program, typeof(OwnProgram).Assembly.Location, .. arguments] : [program, .. arguments];
    }

    /// <summary>Runs this program as another process until it ends; a request to stop is passed on to it.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="log">What it prints is appended to this file; null for this process's own output.</param>
    /// <param name="stop">Stops it politely.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="UserException">No process can be started.</exception>
    public static int Run(IEnumerable<string> arguments, string? log, CancellationToken stop)
    {
        var line = CommandLine(arguments);
        return ChildProcess.Run(line[0], line.Skip(1), log, stop);
    }

    private static string? FindCheckout(string? folder) =>
        folder is null || File.Exists(Path.Combine(folder, "Research.TextVae.sln")) ? folder : FindCheckout(Path.GetDirectoryName(folder));
}
