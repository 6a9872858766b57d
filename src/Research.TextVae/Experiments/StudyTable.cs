using System.Globalization;
using Research.TextVae.Reports;
using Spectre.Console;

namespace Research.TextVae.Experiments;

/// <summary>The table a study ends with: a row per variant; mean ± standard deviation where there are several seeds.</summary>
internal sealed class StudyTable(IReadOnlyList<Metric> columns, StudyResults results)
{
    // A metric's standard error and effective sample size stand beside it where any variant has recorded them: in columns of their own on
    // a page, and in brackets on the console, which is narrow.
    private IEnumerable<Metric> WithErrors => columns.SelectMany(column => new[] { column }.Concat(Beside(column).Where(error =>
        columns.All(other => other.Name != error.Name) && results.Rows.Any(row => row.Find(error) is not null))));

    public Table ToSpectre()
    {
        var table = new Table().Border(Console.IsOutputRedirected ? TableBorder.None : TableBorder.Simple);
        table.AddColumn(new Spectre.Console.TableColumn("").NoWrap());
        foreach (var column in columns)
            table.AddColumn(new Spectre.Console.TableColumn(Markup.Escape(column.Name)).RightAligned().NoWrap());
        foreach (var row in results.Rows)
            table.AddRow([Markup.Escape(row.Name), .. columns.Select(column => Cell(row, column) + Brackets(row, column))]);
        return table;
    }

    public ReportTable ToReport()
    {
        var table = ReportTable.Of(results.Rows).Text("", row => row.Name);
        foreach (var column in WithErrors)
        {
            table = results.Rows.All(row => row.Results.Count == 1)
                ? table.Number(column.Name, row => row.Find(column), column.Format, column.Best)
                : table.MeanAndDeviation(column.Name, row => row.Find(column), row => row.Spread(column), column.Format, column.Best);
        }

        return table;
    }

    private static Metric[] Beside(Metric column) => [column.StandardError, column.EffectiveSamples];

    private static string Brackets(StudyRow row, Metric column)
    {
        var (error, samples) = (row.Find(column.StandardError), row.Find(column.EffectiveSamples));
        if (row.Find(column) is null || error is null)
            return "";
        var effective = samples is null ? "" : $", ESS {Number(samples.Value, column.EffectiveSamples.Format)}";
        return $" ({Number(error.Value, column.Format)}{effective})";
    }

    private static string Cell(StudyRow row, Metric column)
    {
        var mean = row.Find(column) ?? double.NaN;
        if (!double.IsFinite(mean))
            return "–";
        var text = Number(mean, column.Format);
        return row.Results.Count == 1 ? text : $"{text} ± {Number(row.Spread(column), column.Format)}";
    }

    private static string Number(double value, string format) =>
        value.ToString(Math.Abs(value) < 1e6 ? format : "0.0e0", CultureInfo.InvariantCulture);
}
