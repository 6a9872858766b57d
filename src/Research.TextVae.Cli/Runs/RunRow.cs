using System.Globalization;
using System.Text.Json.Serialization;

namespace Research.TextVae.Cli.Runs;

/// <summary>The figures of one row of a run's table.</summary>
/// <param name="Row">The members' name, without their seed.</param>
/// <param name="Seeds">How many members, one a seed, the figures are means of.</param>
/// <param name="Figures">The means by the name of the metric; those of which a member has no finite number are left out.</param>
internal sealed record RunRow(
    [property: JsonRequired] string Row,
    [property: JsonRequired] int Seeds,
    [property: JsonRequired] IReadOnlyDictionary<string, double> Figures)
{
    /// <summary>The rows of a run, of its finished members.</summary>
    public static IReadOnlyList<RunRow> Of(Run run) =>
        [.. Values([run]).Select(row => new RunRow(
            row.Row, row.Members.Count, Metrics(row.Members).ToDictionary(metric => metric.Name, metric => metric.Values.Average())))];

    /// <summary>What every finished member of some runs measured, row by row.</summary>
    public static IEnumerable<(string Row, IReadOnlyList<IReadOnlyDictionary<string, double>> Members)> Values(IEnumerable<Run> runs) =>
        runs.SelectMany(run => run.Members()).Where(member => member.Finished).GroupBy(Name)
            .Select(row => (row.Key, (IReadOnlyList<IReadOnlyDictionary<string, double>>)[.. row.Select(member =>
                RunCurves.Numbers(member.Latest).DistinctBy(number => number.Name).ToDictionary(number => number.Name, n => n.Value))]));

    /// <summary>The metrics that all of some members have, each with its values.</summary>
    public static IEnumerable<(string Name, double[] Values)> Metrics(IReadOnlyList<IReadOnlyDictionary<string, double>> members) =>
        members[0].Keys.Where(name => members.All(member => member.ContainsKey(name)))
            .Select(name => (name, members.Select(member => member[name]).ToArray()));

    /// <summary>Whether a metric measures how fast this machine is, which is no property of a model.</summary>
    public static bool IsSpeed(string metric) => metric is "s" or "seconds" || metric.StartsWith('×')
        || metric.Contains("/s", StringComparison.Ordinal) || metric.Contains("per second", StringComparison.Ordinal);

    // "β=0.5 seed=2" is a member of the row "β=0.5".
    private static string Name(Member member)
    {
        var seed = string.Create(CultureInfo.InvariantCulture, $" seed={member.Config.Text("seed")}");
        return member.Name.EndsWith(seed, StringComparison.Ordinal) ? member.Name[..^seed.Length] : member.Name;
    }
}
