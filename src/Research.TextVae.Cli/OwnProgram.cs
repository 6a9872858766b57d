namespace Research.TextVae.Cli;

/// <summary>How this program is started again, as another process.</summary>
internal static class OwnProgram
{
    /// <summary>Program and arguments: the .NET host with the assembly, or the program itself where it is one.</summary>
    public static IReadOnlyList<string> CommandLine(params IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath!;
        var isHost = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        return isHost ? [program, typeof(OwnProgram).Assembly.Location, .. arguments] : [program, .. arguments];
    }
}
