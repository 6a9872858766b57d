using System.CommandLine;

namespace Research.TextVae.Cli.Notebooks;

/// <summary><c>textvae notebook run|check|html|clear</c>: notebooks without a front end.</summary>
internal static class NotebookCommand
{
    public static Command Create()
    {
        var run = new Command("run", "Run notebooks and store their outputs in them, or in a copy.")
        {
            Names(), Output("Write the executed copy there: a file, or a folder for several. Default: into the notebook itself."),
            Parameters(), Timeout(), PrepareOnly(),
        };
        run.SetAction(result => RunAction.Execute(result));
        var check = new Command("check", "Run notebooks afresh and compare what they print with the outputs stored in them.")
        {
            Names(), Timeout(),
        };
        check.SetAction(result => CheckAction.Execute(result));
        var clear = new Command("clear", "Remove the outputs stored in notebooks.") { Names() };
        clear.SetAction(result => ClearAction.Execute(result));
        var html = new Command("html", "Convert notebooks with their stored outputs to pages that need no network.")
        {
            Names(), Output("Write the page there: a file, or a folder for several. Default: beside the notebook."),
        };
        html.SetAction(result => HtmlAction.Execute(result));
        return new Command("notebook", "Run, check and convert notebooks (*.ipynb).") { run, check, html, clear };
    }

    internal static Argument<string[]> Names() => new("notebook")
    {
        Description = "Notebooks, such as notebooks/*.ipynb.",
        HelpName = "notebook.ipynb",
        Arity = ArgumentArity.OneOrMore,
    };

    internal static Option<string> Output(string description) => new("-o", "--output") { Description = description, HelpName = "path" };

    private static Option<string[]> Parameters() => new("-p", "--parameter")
    {
        Description = "Set a parameter of the notebook, declared in its cell tagged 'parameters'. May be repeated.",
        HelpName = "name=value",
    };

    private static Option<double?> Timeout() =>
        new("--execution-timeout")
        {
            Description = "Longest time of one cell, in seconds. Default: no limit.",
            HelpName = "seconds",
            CustomParser = argument => Numbers.Double(argument),
        };

    private static Option<bool> PrepareOnly() => new("--prepare-only") { Description = "Only inject the parameters, run nothing." };
}
