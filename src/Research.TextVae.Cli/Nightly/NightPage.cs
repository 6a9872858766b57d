using System.Globalization;
using Research.TextVae.Charts;
using Research.TextVae.Reports;

namespace Research.TextVae.Cli.Nightly;

/// <summary>The page of all nights: what failed in the last one on top, and a line for every metric over the nights.</summary>
internal static class NightPage
{
    private const int MostNamedRows = 8, MostTicks = 5;

    /// <param name="path">Where it is written.</param>
    /// <param name="night">The last night.</param>
    /// <param name="outcome">What it came to.</param>
    /// <param name="all">All nights of its size, in their order.</param>
    /// <param name="documented">The figures of the documentation by system.</param>
    public static void Write(
        string path, Night night, NightOutcome outcome, IReadOnlyList<NightItem> all, IReadOnlyDictionary<string, string> documented)
    {
        var report = new HtmlReport($"Night {night.Name}")
            .Subtitle($"Recipes and notebooks at {night.Size} size on commit {night.Commit}.")
            .Tiles(
                new Tile("failures", Number(outcome.Failures.Count)),
                new Tile("claims held", $"{outcome.Held} / {outcome.Judged}"),
                new Tile("figures within tolerance", Number(outcome.Figures.Count(figure => figure.Verdict == "within")),
                    Note: $"{outcome.Figures.Count(figure => figure.IsOutside)} outside, "
                        + $"{outcome.Figures.Count(figure => figure.Tolerance is null)} without a known deviation"),
                new Tile("time", outcome.Time));
        report.Section("What failed");
        if (outcome.Failures.Count == 0)
            report.Text("Nothing: every claim that was checked held, and no figure is outside its tolerance.");
        else
            report.Table(ReportTable.Of(outcome.Failures).Text("recipe or notebook", failure => failure.Name)
                .Text("claim or figure", failure => failure.What).Text("measured", failure => failure.Detail));
        Headlines(report, outcome, documented);
        Durations(report, outcome, all);
        if (outcome.Figures.Count > 0)
            Figures(report, outcome);
        Trends(report, all);
        report.Write(path);
    }

    private static void Headlines(HtmlReport report, NightOutcome outcome, IReadOnlyDictionary<string, string> documented)
    {
        var headlines = outcome.Items.SelectMany(item => item.Headlines).ToList();
        if (headlines.Count == 0)
            return;
        report.Section("Headlines").Table(ReportTable.Of(headlines).Text("system", headline => headline.Key)
            .Text("this night", headline => headline.Value)
            .Text("documentation", headline => !documented.TryGetValue(headline.Key, out var figure) ? "–"
                : figure == headline.Value ? "the same" : figure));
    }

    private static void Durations(HtmlReport report, NightOutcome outcome, IReadOnlyList<NightItem> all)
    {
        double? Before(NightItem item) => all.LastOrDefault(other => other.Name == item.Name && other.Night != item.Night)?.Seconds / 60;
        report.Section("Durations").Table(ReportTable.Of(outcome.Items).Text("recipe or notebook", item => item.Name)
            .Number("exit code", item => item.ExitCode, "0").Number("minutes", item => item.Seconds / 60, "0.0")
            .Number("the night before", Before, "0.0"));
    }

    private static void Figures(HtmlReport report, NightOutcome outcome) => report.Section("Figures").Table(
        ReportTable.Of(outcome.Figures.OrderByDescending(figure => figure.IsOutside).ThenBy(figure => figure.Tolerance is null))
            .Text("recipe", figure => figure.Recipe).Text("row", figure => figure.Row).Text("metric", figure => figure.Metric)
            .Number("this night", figure => figure.Value, "G5").Number("stored", figure => figure.Stored, "G5")
            .Number("difference", figure => figure.Value - figure.Stored, "G2").Number("tolerance", figure => figure.Tolerance, "G2")
            .Text("", figure => figure.Verdict),
        "A tolerance follows from the deviation over seeds; where only one seed is known, the difference is only shown.");

    private static void Trends(HtmlReport report, IReadOnlyList<NightItem> all)
    {
        List<string> nights = [.. all.Select(item => item.Night).Distinct()];
        var step = 1 + (nights.Count - 1) / MostTicks;
        (double, string)[] ticks = [.. nights.Select((name, at) => (Value: (double)at, name)).Where(tick => tick.Value % step == 0)
            .Select(tick => (tick.Value, tick.name.Length > 10 && tick.name[4] == '-' ? tick.name[5..10] : tick.name))];
        foreach (var recipe in all.Where(item => item.Rows.Count > 0).GroupBy(item => item.Name))
        {
            var points = (from item in recipe
                          from row in item.Rows
                          from figure in row.Figures
                          select (Night: nights.IndexOf(item.Night), row.Row, Metric: figure.Key, figure.Value)).ToList();
            var rows = points.Select(point => point.Row).Distinct().Count();
            Line Row(IGrouping<string, (int Night, string Row, string Metric, double Value)> row) =>
                Line.Of(row.Select(point => (double)point.Night), row.Select(point => point.Value), row.Key, markers: true) with
                {
                    Hover = [.. row.Select(point => $"{row.Key}, {nights[point.Night]}")],
                };
            Figure[] panels = [.. points.GroupBy(point => point.Metric).Select(metric =>
                Figure.Of(metric.GroupBy(point => point.Row).Select(Row)).Title(metric.Key).XAxis(axis => axis with { Ticks = ticks }))];
            report.Section(recipe.Key).Figure(Figure.Grid(3, panels).Legend(rows is > 1 and <= MostNamedRows),
                $"Every metric of {recipe.Key} over {nights.Count} nights, a line for each row.");
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
