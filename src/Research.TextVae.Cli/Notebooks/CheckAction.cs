using System.CommandLine;
using System.Globalization;
using Research.TextVae.Notebooks.Documents;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Notebooks;

/// <summary><c>textvae notebook check</c>: ends with 1 when a notebook says something else than it has stored.</summary>
internal static class CheckAction
{
    public static int Execute(ParseResult result)
    {
        var arguments = NotebookArguments.Of(result);
        if (arguments.Notebooks is [var only])
            return Check(only, arguments.Settings);

        foreach (var notebook in arguments.Notebooks)
            Notebook.Load(notebook);
        List<string> options = ["notebook", "check"];
        if (arguments.Settings.CellTimeout is { } timeout)
            options.AddRange(["--execution-timeout", timeout.TotalSeconds.ToString("R", CultureInfo.InvariantCulture)]);
        return OneByOne.Run(options, arguments.Notebooks.Select(notebook => (string[])["--", notebook]));
    }

    private static int Check(string path, RunSettings settings)
    {
        using var interrupts = new StopSignals();
        var outcome = new NotebookCheck(Console.Error).Run(Notebook.Load(path), path, settings, interrupts.Token);
        foreach (var difference in outcome.Differences)
            Output.Line(difference);
        if (outcome.Error is { } error)
        {
            Console.Error.WriteLine(string.Join('\n', error.Trace));
            return error.ExitCode;
        }

        Output.Line(outcome.Differences.Count == 0
            ? $"{path}: as stored"
            : string.Create(CultureInfo.InvariantCulture, $"{path}: {outcome.Differences.Count} cells differ from what is stored"));
        return outcome.Differences.Count == 0 ? ExitCode.Success : ExitCode.ExpectationFailed;
    }
}
