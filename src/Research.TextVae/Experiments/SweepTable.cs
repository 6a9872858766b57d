using System.Globalization;
using Research.TextVae.Reports;
using Research.TextVae.Training;
using Spectre.Console;

namespace Research.TextVae.Experiments;

/// <summary>The table at the end of a sweep, with a row per value: mean ± standard deviation where there are several seeds.</summary>
internal sealed class SweepTable(Sweep sweep, SweepResults results)
{
    private static readonly (Metric Metric, Func<FinalRecord, double> Value)[] Figures =
    [
        (Metric.Reconstruction, final => final.Metrics.Reconstruction),
        (Metric.Kl, final => final.Metrics.Kl),
        (Metric.NegativeElbo, final => final.Metrics.NegativeElbo),
        (Metric.IwNll, final => final.IwNll),
        (Metric.IwNll.StandardError, final => final.IwStandardError ?? double.NaN),
        (Metric.IwNll.EffectiveSamples, final => final.IwEffectiveSamples ?? double.NaN),
        (Metric.IwPerplexity, final => final.IwPerplexity),
        (Metric.MutualInformation, final => final.Metrics.MutualInformation),
        (Metric.ActiveUnits, final => final.Metrics.ActiveUnits),
        (Metric.ReconstructionBleu, final => final.ReconstructionBleu),
        (Metric.Seconds, final => final.Seconds),
    ];

    public Table ToSpectre()
    {
        var table = new Table().Border(Console.IsOutputRedirected ? TableBorder.None : TableBorder.Simple);
        foreach (var column in Figures.Select(figure => figure.Metric.Name).Prepend(sweep.Symbol))
            table.AddColumn(new Spectre.Console.TableColumn(Markup.Escape(column)).RightAligned().NoWrap());
        foreach (var point in results.Points)
            table.AddRow([Text(point.Value), .. Figures.Select(figure => Cell(point, figure.Value, figure.Metric.Format))]);
        return table;
    }

    public ReportTable ToReport()
    {
        var table = ReportTable.Of(results.Points).Number(sweep.Symbol, point => point.Value, "0.###");
        foreach (var (metric, value) in Figures)
        {
            table = sweep.SeedCount == 1
                ? table.Number(metric.Name, point => point.Mean(value), metric.Format, metric.Best)
                : table.MeanAndDeviation(metric.Name, point => point.Mean(value), point => point.Spread(value), metric.Format, metric.Best);
        }

        return table;
    }

    private static string Cell(SweepPoint point, Func<FinalRecord, double> figure, string format)
    {
        // Earlier versions did not measure all of them.
        if (double.IsNaN(point.Mean(figure)))
            return "–";
        var mean = Number(point.Mean(figure), format);
        return point.Trials.Count == 1 ? mean : $"{mean} ± {Number(point.Spread(figure), format)}";
    }

    // The perplexity of a model far from the prior has more digits than anyone reads.
    private static string Number(double value, string format) =>
        value.ToString(value < 1e6 ? format : "0.0e0", CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
