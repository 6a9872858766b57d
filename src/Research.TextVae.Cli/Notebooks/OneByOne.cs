using Research.TextVae.Support;

namespace Research.TextVae.Cli.Notebooks;

/// <summary>Runs a command for several notebooks, each in a process of its own, so that none sees what another left.</summary>
internal static class OneByOne
{
    /// <param name="command">The command with its options.</param>
    /// <param name="notebooks">What it is run for, and what else is given for each.</param>
    /// <returns>The first exit code that is not 0; all notebooks are run all the same, unless interrupted.</returns>
    public static int Run(IReadOnlyList<string> command, IEnumerable<IReadOnlyList<string>> notebooks)
    {
        using var interrupts = new StopSignals();
        var code = ExitCode.Success;
        foreach (var arguments in notebooks)
        {
            var ended = OwnProgram.Run([.. command, .. arguments], log: null, interrupts.Token);
            if (code == ExitCode.Success)
                code = ended;
            if (interrupts.Token.IsCancellationRequested)
                return ExitCode.Interrupted;
        }

        return code;
    }
}
