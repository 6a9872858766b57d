using System.CommandLine;
using System.Globalization;
using Research.TextVae.Notebooks.Documents;
using Research.TextVae.Notebooks.Engine;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Notebooks;

/// <summary><c>textvae notebook run</c>.</summary>
internal static class RunAction
{
    public static int Execute(ParseResult result)
    {
        var arguments = NotebookArguments.Of(result);
        if (arguments.Settings.Parameters.Count > 0 && arguments.Output is null)
            throw new UserException(
                "with -p the executed copy needs a place of its own, so that the notebook keeps its defaults. Give one with -o");
        if (arguments.Notebooks is [var only])
            return Run(only, arguments.Target(only, ".ipynb"), arguments.Settings);

        foreach (var notebook in arguments.Notebooks)
            Notebook.Load(notebook);
        List<string> options = ["notebook", "run"];
        options.AddRange(arguments.Settings.Parameters.SelectMany(p => (string[])["-p", $"{p.Key}={p.Value}"]));
        if (arguments.Settings.CellTimeout is { } timeout)
            options.AddRange(["--execution-timeout", timeout.TotalSeconds.ToString("R", CultureInfo.InvariantCulture)]);
        if (arguments.Settings.PrepareOnly)
            options.Add("--prepare-only");
        return OneByOne.Run(
            options, arguments.Notebooks.Select(notebook => (string[])["-o", arguments.Target(notebook, ".ipynb"), "--", notebook]));
    }

    private static int Run(string path, string target, RunSettings settings)
    {
        var notebook = Notebook.Load(path);
        using var interrupts = new StopSignals();
        var error = new NotebookRunner(Console.Error).Run(notebook, path, settings, interrupts.Token);
        notebook.Save(target);
        if (error is null)
            return ExitCode.Success;
        Console.Error.WriteLine(string.Join('\n', error.Trace));
        Console.Error.WriteLine($"The notebook stopped there; {target} holds what it produced.");
        return error.ExitCode;
    }
}
