using System.Globalization;
using System.Text.Json.Serialization;
using Research.TextVae.Cli.Recipes;
using Research.TextVae.Cli.Runs;
using Research.TextVae.Evaluation;
using Research.TextVae.Support;
using Research.TextVae.Training;

namespace Research.TextVae.Cli.Nightly;

/// <summary>Figures that nights are held against: a line of <c>recipes/reference.jsonl</c>.</summary>
/// <param name="Recipe">Name of the recipe.</param>
/// <param name="Row">The row of its table.</param>
/// <param name="Seeds">How many seeds the figures are of.</param>
/// <param name="Mean">Mean of each metric over the seeds.</param>
/// <param name="Deviation">Sample standard deviation of each metric over the seeds; null where only one seed is known.</param>
internal sealed record ReferenceRow(
    [property: JsonRequired] string Recipe,
    [property: JsonRequired] string Row,
    [property: JsonRequired] int Seeds,
    [property: JsonRequired] IReadOnlyDictionary<string, double> Mean,
    IReadOnlyDictionary<string, double>? Deviation)
{
    private const int Digits = 6;

    /// <exception cref="UserException">A line is damaged.</exception>
    public static IReadOnlyList<ReferenceRow> Read(string path)
    {
        var rows = JsonLines.Read<ReferenceRow>(path);
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i] is { Recipe: null } or { Row: null } or { Mean: null } or { Seeds: < 1 })
                throw new UserException($"{path}({i + 1}): recipe, row, mean or seeds are missing; restore the file.");
        }

        return rows;
    }

    /// <summary>Writes the figures of recipes anew from their newest finished run of the standard size and those with other seeds that have
    /// the same parameters; recipes without such a run keep what the file has.</summary>
    /// <returns>The recipes that were written.</returns>
    public static IReadOnlyList<string> Renew(string path, IEnumerable<RecipeFile> recipes, RunStore store)
    {
        var rows = new SortedDictionary<string, List<ReferenceRow>>(
            Read(path).GroupBy(row => row.Recipe).ToDictionary(recipe => recipe.Key, recipe => recipe.ToList()), StringComparer.Ordinal);
        var (runs, renewed) = (store.All(), new List<string>());
        foreach (var recipe in recipes)
        {
            var finished = runs.Where(run => run.Recipe == recipe.Name && HeadlineTable.IsShown(run)).ToList();
            if (finished.Count == 0)
                continue;
            var parameters = Parameters(finished[0]);
            var seeds = finished.Where(run => Parameters(run) == parameters).DistinctBy(run => run.Config.Text("seed"));
            rows[recipe.Name] = [.. RunRow.Values(seeds).Select(row => Of(recipe.Name, row.Row, row.Members))];
            renewed.Add(recipe.Name);
        }

        AtomicFile.Write(path, string.Concat(rows.Values.SelectMany(recipe => recipe).Select(JsonLines.Line)));
        return renewed;
    }

    private static ReferenceRow Of(string recipe, string row, IReadOnlyList<IReadOnlyDictionary<string, double>> members)
    {
        var metrics = RunRow.Metrics(members).Where(metric => !RunRow.IsSpeed(metric.Name)).ToList();
        return new ReferenceRow(recipe, row, members.Count,
            metrics.ToDictionary(metric => metric.Name, metric => Rounded(metric.Values.Average())),
            members.Count < 2 ? null
                : metrics.ToDictionary(metric => metric.Name, metric => Rounded(Statistics.StandardDeviation(metric.Values))));
    }

    private static string Parameters(Run run) => run.Config?["parameters"]?.ToJsonString() ?? "";

    private static double Rounded(double value) =>
        double.Parse(value.ToString($"G{Digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
