using System.CommandLine;
using Research.TextVae.Notebooks.Documents;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Notebooks;

/// <summary><c>textvae notebook clear</c>.</summary>
internal static class ClearAction
{
    public static int Execute(ParseResult result)
    {
        foreach (var (path, notebook) in NotebookArguments.Of(result).Notebooks.Select(path => (path, Notebook.Load(path))).ToList())
        {
            NotebookCleaner.Clear(notebook);
            notebook.Save(path);
        }

        return ExitCode.Success;
    }
}
