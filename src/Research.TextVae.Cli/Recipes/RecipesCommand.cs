using System.CommandLine;
using Research.TextVae.Cli.Nightly;
using Research.TextVae.Cli.Runs;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Recipes;

/// <summary><c>textvae recipes</c>: the recipes there are, and what their newest runs measured.</summary>
internal static class RecipesCommand
{
    private const string Begin = "<!-- textvae recipes: begin -->", End = "<!-- textvae recipes: end -->";

    public static Command Create()
    {
        var table = new Option<bool>("--table")
        {
            Description = "Print a Markdown table of every system, its recipe and the figure its newest finished run measured.",
        };
        var write = new Option<FileInfo?>("--write")
        {
            Description = $"Put that table into a file, between {Begin} and {End}.",
            HelpName = "file",
        };
        var reference = new Option<string?>("--reference")
        {
            Description = "Write what the newest runs measured, and its deviation over seeds, into the file that nights are held against.",
            HelpName = "file",
        };
        var runs = new Option<string?>("--runs")
        {
            Description = "The folder of the runs. Default: runs, or $TEXTVAE_RUNS.",
            HelpName = "folder",
        };
        var folder = new Option<string>("--recipes")
        {
            Description = "The folder of the recipes.",
            HelpName = "folder",
            DefaultValueFactory = _ => "recipes",
        };
        var command = new Command("recipes", "List the recipes, or tabulate what their runs measured.")
        {
            table, write, reference, runs, folder,
        };
        command.SetAction(result =>
        {
            var recipes = RecipeFile.In(result.GetValue(folder)!);
            var store = new RunStore(result.GetValue(runs));
            if (result.GetValue(write) is { } file)
                Replace(file.FullName, HeadlineTable.Of(recipes, store, file.DirectoryName!));
            else if (result.GetValue(reference) is { } figures)
                Output.Line($"{figures}: {string.Join(", ", ReferenceRow.Renew(figures, recipes, store))}");
            else if (result.GetValue(table))
                Output.Line(HeadlineTable.Of(recipes, store).TrimEnd());
            else
                List(recipes);
        });
        return command;
    }

    private static void List(IReadOnlyList<RecipeFile> recipes)
    {
        var table = Output.Table("recipe", "what it shows");
        foreach (var recipe in recipes)
            table.Row(recipe.Path, recipe.Summary);
        Output.Write(table);
    }

    private static void Replace(string path, string table)
    {
        var text = TextFile.Read(path);
        var (first, last) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (first < 0 || last < first)
            throw new UserException($"{path}: has no lines {Begin} and {End} to put the table between; add them where it should stand.");
        AtomicFile.Write(path, $"{text[..(first + Begin.Length)]}\n{table}{text[last..]}");
    }
}
