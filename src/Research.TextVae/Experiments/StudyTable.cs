using System.Globalization;
using Research.TextVae.Reports;
using Spectre.Console;

namespace Research.TextVae.Experiments;

/// <summary>The table a study ends with: a row a member; mean ± standard deviation where there are several seeds.</summary>
internal sealed class StudyTable(IReadOnlyList<StudyColumn> columns, StudyResults results)
{
    public Table ToSpectre()
    {
        var table = new Table().Border(Console.IsOutputRedirected ? TableBorder.None : TableBorder.Simple);
        table.AddColumn(new Spectre.Console.TableColumn("").NoWrap());
        foreach (var column in columns)
            table.AddColumn(new Spectre.Console.TableColumn(Markup.Escape(column.Name)).RightAligned().NoWrap());
        foreach (var row in results.Rows)
            table.AddRow([Markup.Escape(row.Name), .. columns.Select(column => Cell(row, column))]);
        return table;
    }

    public ReportTable ToReport()
    {
        var table = ReportTable.Of(results.Rows).Text("", row => row.Name);
        foreach (var column in columns)
        {
            table = results.Rows.All(row => row.Results.Count == 1)
                ? table.Number(column.Name, row => row[column.Name], column.Format, column.Best)
                : table.Text(column.Name, row => Cell(row, column));
        }

        return table;
    }

    private static string Cell(StudyRow row, StudyColumn column)
    {
        var mean = row[column.Name];
        if (!double.IsFinite(mean))
            return "–";
        var text = Number(mean, column.Format);
        return row.Results.Count == 1 ? text : $"{text} ± {Number(row.Spread(column.Name), column.Format)}";
    }

    private static string Number(double value, string format) =>
        value.ToString(Math.Abs(value) < 1e6 ? format : "0.0e0", CultureInfo.InvariantCulture);
}

/// <summary>A column of a study's table.</summary>
/// <param name="Name">What members record it under, with its unit where it has one.</param>
/// <param name="Format">.NET format of its numbers.</param>
/// <param name="Best">Which end of it is good.</param>
public sealed record StudyColumn(string Name, string Format, Best Best);
