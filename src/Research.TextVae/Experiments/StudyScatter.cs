using Research.TextVae.Charts;

namespace Research.TextVae.Experiments;

/// <summary>Variants of a study as points.</summary>
public static class StudyScatter
{
    /// <summary>One metric by another: a point per variant that has recorded both, the mean over its seeds.</summary>
    /// <param name="report">The report.</param>
    /// <param name="x">What the horizontal axis shows.</param>
    /// <param name="y">What the vertical axis shows.</param>
    /// <param name="group">The name in the legend by which a variant is coloured.</param>
    /// <param name="seeds">Whether each seed has a point too, small and faint.</param>
    public static Figure Scatter(this StudyReport report, Metric x, Metric y, Func<StudyRow, string> group, bool seeds = false)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        var rows = report.Results.Rows.Where(row => row.Find(x) is not null && row.Find(y) is not null);
        var groups = rows.GroupBy(group).OrderBy(rows => rows.Key, StringComparer.Ordinal);
        return Figure.Of(groups.SelectMany(rows => seeds ? [Means(rows, x, y), Seeds(rows, x, y)] : new[] { Means(rows, x, y) }))
            .X(x.Name).Y(y.Name).Height(460);
    }

    /// <summary>One metric by another, each variant a point with its name written at it.</summary>
    /// <param name="results">The results.</param>
    /// <param name="x">What the horizontal axis shows.</param>
    /// <param name="y">What the vertical axis shows.</param>
    /// <param name="variants">The variants.</param>
    public static Scatter Labelled(this StudyResults results, Metric x, Metric y, params string[] variants)
    {
        ArgumentNullException.ThrowIfNull(results);
        return Charts.Scatter.Of(variants.Select(name => results[name][x]), variants.Select(name => results[name][y]), labels: variants);
    }

    /// <summary>One metric by another, variants joined by a line in the order given.</summary>
    /// <param name="results">The results.</param>
    /// <param name="x">What the horizontal axis shows.</param>
    /// <param name="y">What the vertical axis shows.</param>
    /// <param name="name">Name of the line in the legend.</param>
    /// <param name="variants">The variants.</param>
    public static Line Joined(this StudyResults results, Metric x, Metric y, string name, params string[] variants)
    {
        ArgumentNullException.ThrowIfNull(results);
        return Line.Of(
            variants.Select(variant => results[variant][x]), variants.Select(variant => results[variant][y]), name, markers: true);
    }

    private static Scatter Means(IGrouping<string, StudyRow> rows, Metric x, Metric y) => Charts.Scatter.Of(
        rows.Select(row => row[x]), rows.Select(row => row[y]), rows.Key, hover: [.. rows.Select(row => row.Name)]);

    private static Scatter Seeds(IGrouping<string, StudyRow> rows, Metric x, Metric y)
    {
        MemberResult[] results = [.. rows.SelectMany(row => row.Results)];
        var points = Charts.Scatter.Of(
            results.Select(result => result.Values[x.Name]), results.Select(result => result.Values[y.Name]), rows.Key);
        return points with { Size = 4, Opacity = 0.45 };
    }
}
