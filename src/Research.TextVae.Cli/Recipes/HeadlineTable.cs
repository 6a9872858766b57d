using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Research.TextVae.Cli.Runs;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Recipes;

/// <summary>Every system of the documents, the recipe that shows it, and the figure its newest finished run of the standard size
/// measured.</summary>
internal static partial class HeadlineTable
{
    /// <param name="recipes">The recipes, a row for each of their systems.</param>
    /// <param name="store">The runs.</param>
    /// <param name="folder">The folder that the table's links start from.</param>
    public static string Of(IReadOnlyList<RecipeFile> recipes, RunStore store, string folder = ".")
    {
        var runs = store.All();
        var table = new StringBuilder("| System | Document | Recipe | Measured |\n|---|---|---|---|\n");
        foreach (var recipe in recipes)
        {
            var link = $"[{recipe.Name}]({Path.GetRelativePath(folder, recipe.Path).Replace('\\', '/')})";
            var run = runs.FirstOrDefault(run => run.Recipe == recipe.Name && IsShown(run));
            if (run is null)
            {
                table.Append(CultureInfo.InvariantCulture, $"| {Cell(recipe.Summary)} | | {link} | not run here |\n");
                continue;
            }

            foreach (var headline in run.Headlines!.OfType<JsonObject>())
                table.Append(CultureInfo.InvariantCulture,
                    $"| {Cell(headline.Text("system"))} | {Cell(headline.Text("documents"))} | {link} | "
                        + $"{Cell(headline.Text("figure"))} |\n");
        }

        return table.ToString();
    }

    /// <summary>The figures of a page that has the table, by system; none where there is no such page.</summary>
    public static IReadOnlyDictionary<string, string> Read(string page) => !File.Exists(page)
        ? new Dictionary<string, string>()
        : TextFile.Read(page).Split('\n').Select(line => Bar().Split(line.Trim()))
            .Where(cells => cells.Length == 6).DistinctBy(cells => cells[1].Trim())
            .ToDictionary(cells => Text(cells[1]), cells => Text(cells[4]));

    /// <summary>Whether a run is of the standard size and finished. A damaged run hides no other: it is named and left out.</summary>
    public static bool IsShown(Run run)
    {
        try
        {
            return run.Config.Text("preset") == "standard" && run.Headlines is { Count: > 0 };
        }
        catch (UserException error)
        {
            Console.Error.WriteLine($"note: {error.Message}");
            return false;
        }
    }

    // A bar would begin another column.
    private static string Cell(string? text) => (text ?? "").Replace("|", "\\|", StringComparison.Ordinal);

    private static string Text(string cell) => cell.Trim().Replace("\\|", "|", StringComparison.Ordinal);

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();
}
