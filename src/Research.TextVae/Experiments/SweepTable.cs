using System.Globalization;
using Research.TextVae.Reports;
using Research.TextVae.Training;
using Spectre.Console;

namespace Research.TextVae.Experiments;

/// <summary>The table a sweep ends with: a row a value; mean ± standard deviation where there are several seeds.</summary>
internal sealed class SweepTable(Sweep sweep, SweepResults results)
{
    private static readonly (string Name, string Format, Best Best, Func<FinalRecord, double> Figure)[] Figures =
    [
        ("rec.", "0.00", Best.Lowest, final => final.Reconstruction),
        ("KL", "0.00", Best.None, final => final.Kl),
        ("−ELBO", "0.00", Best.Lowest, final => final.NegativeElbo),
        ("IW-NLL", "0.00", Best.Lowest, final => final.IwNll),
        ("IW-PPL", "0.0", Best.Lowest, final => final.IwPerplexity),
        ("MI", "0.00", Best.Highest, final => final.MutualInformation),
        ("AU", "0.#", Best.Highest, final => final.ActiveUnits),
        ("BLEU", "0.0", Best.Highest, final => final.ReconstructionBleu),
        ("s", "0", Best.None, final => final.Seconds),
    ];

    public Table ToSpectre()
    {
        var table = new Table().Border(Console.IsOutputRedirected ? TableBorder.None : TableBorder.Simple);
        foreach (var column in Figures.Select(figure => figure.Name).Prepend(sweep.Symbol))
            table.AddColumn(new Spectre.Console.TableColumn(Markup.Escape(column)).RightAligned().NoWrap());
        foreach (var point in results.Points)
            table.AddRow([Text(point.Value), .. Figures.Select(figure => Cell(point, figure.Figure, figure.Format))]);
        return table;
    }

    public ReportTable ToReport()
    {
        var table = ReportTable.Of(results.Points).Number(sweep.Symbol, point => point.Value, "0.###");
        foreach (var (name, format, best, figure) in Figures)
        {
            table = sweep.SeedCount == 1
                ? table.Number(name, point => point.Mean(figure), format, best)
                : table.Text(name, point => Cell(point, figure, format));
        }

        return table;
    }

    private static string Cell(SweepPoint point, Func<FinalRecord, double> figure, string format)
    {
        var mean = Number(point.Mean(figure), format);
        return point.Trials.Count == 1 ? mean : $"{mean} ± {Number(point.Spread(figure), format)}";
    }

    // The perplexity of a model far from the prior has more digits than anyone reads.
    private static string Number(double value, string format) =>
        value.ToString(value < 1e6 ? format : "0.0e0", CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
