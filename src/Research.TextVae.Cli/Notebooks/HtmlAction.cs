using System.CommandLine;
using Research.TextVae.Notebooks.Documents;
using Research.TextVae.Notebooks.Documents.Html;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Notebooks;

/// <summary><c>textvae notebook html</c>.</summary>
internal static class HtmlAction
{
    public static int Execute(ParseResult result)
    {
        var arguments = NotebookArguments.Of(result);
        foreach (var (path, notebook) in arguments.Notebooks.Select(path => (path, Notebook.Load(path))).ToList())
        {
            var target = arguments.Target(path, ".html");
            NotebookPage.Write(notebook, path, target);
            Output.Line(target);
        }

        return ExitCode.Success;
    }
}
