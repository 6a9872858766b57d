using Research.TextVae.Cli.Runs;
using Research.TextVae.Evaluation;

namespace Research.TextVae.Cli.Nightly;

/// <summary>A figure of a night beside the stored one.</summary>
/// <param name="Value">The night's; null where it was not measured.</param>
/// <param name="Stored">The reference's.</param>
/// <param name="Tolerance">How far they may be apart; null where no deviation over seeds is known.</param>
internal sealed record FigureCheck(string Recipe, string Row, string Metric, double? Value, double Stored, double? Tolerance)
{
    // A mean of n seeds and one of m, each seed with standard deviation s, differ with standard deviation s √(1/n + 1/m).
    private const double Deviations = 5, SmallestShare = 0.01, Smallest = 0.001;

    /// <summary>Whether this fails the night. A figure that is gone does, whatever is known of its deviation.</summary>
    public bool IsOutside => Value is not { } value || (Tolerance is { } tolerance && !(Math.Abs(value - Stored) <= tolerance));

    /// <summary>What is said of it in a word.</summary>
    public string Verdict =>
        Value is null ? "not measured" : Tolerance is null ? "no deviation known" : IsOutside ? "outside" : "within";

    /// <summary>Compares the figures of a recipe with those stored for it.</summary>
    public static IReadOnlyList<FigureCheck> Of(NightItem item, IEnumerable<ReferenceRow> reference)
    {
        var stored = reference.Where(row => row.Recipe == item.Name).ToList();
        return
        [
            .. from row in stored
            from mean in row.Mean
            let night = item.Rows.FirstOrDefault(measured => measured.Row == row.Row)
            let value = night?.Figures.TryGetValue(mean.Key, out var found) == true ? found : (double?)null
            select new FigureCheck(item.Name, row.Row, mean.Key, value, mean.Value, ToleranceOf(row, mean.Key, stored, night?.Seeds ?? 1)),
        ];
    }

    /// <summary>
    /// max(5 s √(1/n + 1/m), 1 % of the mean, 0.001). s is the row's deviation or, where that is larger, the median of the metric's
    /// deviations over the recipe's rows: three seeds alone often lie closer together than the next will.
    /// </summary>
    private static double? ToleranceOf(ReferenceRow row, string metric, IEnumerable<ReferenceRow> rows, int seeds)
    {
        if (row.Deviation?.TryGetValue(metric, out var own) is not true)
            return null;
        double[] all = [.. rows.Where(other => other.Deviation?.ContainsKey(metric) == true).Select(other => other.Deviation![metric])];
        var deviation = Math.Max(own, Statistics.Median(all));
        return Math.Max(
            Deviations * deviation * Math.Sqrt(1.0 / Math.Max(1, seeds) + 1.0 / row.Seeds),
            Math.Max(SmallestShare * Math.Abs(row.Mean[metric]), Smallest));
    }
}
