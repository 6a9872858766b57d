using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Research.TextVae.Cli.Runs;

namespace Research.TextVae.Cli.Recipes;

/// <summary>Every system of the documents, the recipe that shows it, and the figure its newest finished run of the standard size measured.</summary>
internal static class HeadlineTable
{
    public static string Of(IReadOnlyList<RecipeFile> recipes, RunStore store)
    {
        var runs = store.All();
        var table = new StringBuilder("| System | Document | Recipe | Measured |\n|---|---|---|---|\n");
        foreach (var recipe in recipes)
        {
            var run = runs.FirstOrDefault(run => run.Recipe == recipe.Name && run.Config.Text("preset") == "standard" && run.Headlines is { Count: > 0 });
            if (run is null)
            {
                table.Append(CultureInfo.InvariantCulture, $"| {Cell(recipe.Summary)} | | [{recipe.Name}]({recipe.Path}) | not run here |\n");
                continue;
            }

            foreach (var headline in run.Headlines!.OfType<JsonObject>())
                table.Append(CultureInfo.InvariantCulture, $"| {Cell(headline.Text("system"))} | {Cell(headline.Text("documents"))} | [{recipe.Name}]({recipe.Path}) | {Cell(headline.Text("figure"))} |\n");
        }

        return table.ToString();
    }

    // A bar would begin another column.
    private static string Cell(string? text) => (text ?? "").Replace("|", "\\|", StringComparison.Ordinal);
}
