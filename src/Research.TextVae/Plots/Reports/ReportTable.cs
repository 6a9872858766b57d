using System.Text;
using Research.TextVae.Display;

namespace Research.TextVae.Plots;

/// <summary>
/// A table of typed columns: texts flush left, numbers flush right with figures of one width. It is markup rather than a trace of
/// Plotly's, whose tables are drawings: this one can be selected, searched, read aloud and shown where no script runs.
/// </summary>
[TypeFormatterSource(typeof(ReportTableFormatters), PreferredMimeTypes = ["text/html"])]
public abstract class ReportTable
{
    private protected ReportTable()
    {
    }

    private protected List<TableColumn> Columns { get; } = [];

    /// <summary>A table with a row for each item; add its columns with Text and Number.</summary>
    public static ReportTable<T> Of<T>(IEnumerable<T> rows) => new([.. rows]);

    private int RowCount => Columns.Count > 0 ? Columns[0].Cells.Count : 0;

    /// <summary>Aligned text, a line a row.</summary>
    public override string ToString()
    {
        var widths = Columns.Select(column => column.Cells.Append(column.Title).Max(cell => cell.Length)).ToArray();
        var rows = Enumerable.Range(0, RowCount).Select(row => Columns.Select(column => column.Cells[row])).Prepend(Columns.Select(column => column.Title));
        return string.Join('\n', rows.Select(row => string.Join("  ", row.Select((cell, i) => Columns[i].Numbers is null ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd()));
    }

    /// <summary>For places that have neither the report's style nor its script.</summary>
    internal string ToPlainHtml()
    {
        var titles = string.Concat(Columns.Select(column => $"<th{Side(column)}>{Html.Escape(column.Title)}</th>"));
        var rows = Enumerable.Range(0, RowCount).Select(row => $"<tr>{string.Concat(Columns.Select(column => Cell(column, row)))}</tr>");
        return $"<table><thead><tr>{titles}</tr></thead><tbody>{string.Concat(rows)}</tbody></table>";

        static string Cell(TableColumn column, int row) => $"<td{Side(column)}>{Html.Escape(column.Cells[row])}</td>";
        static string Side(TableColumn column) => $" style=\"text-align:{(column.Numbers is null ? "left" : "right")}\"";
    }

    internal string ToHtml()
    {
        var html = new StringBuilder("<table class=\"sortable\">\n<thead><tr>");
        foreach (var column in Columns)
            html.Append($"<th scope=\"col\"{column.Class}><button type=\"button\">{Html.Escape(column.Title)}</button></th>");
        html.Append("</tr></thead>\n<tbody>\n");
        for (var row = 0; row < RowCount; row++)
        {
            html.Append("<tr>");
            foreach (var column in Columns) html.Append(column.Cell(row));
            html.Append("</tr>\n");
        }

        return html.Append("</tbody>\n</table>\n").ToString();
    }
}
