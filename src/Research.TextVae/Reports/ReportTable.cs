using System.Globalization;
using System.Text;
using Research.TextVae.Charts;
using Research.TextVae.Support;

namespace Research.TextVae.Reports;

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

    /// <summary>Aligned text with one line per row.</summary>
    public override string ToString()
    {
        int Width(TableColumn column) => Enumerable.Range(0, RowCount).Select(column.Text).Append(column.Title).Max(cell => cell.Length);
        var widths = Columns.Select(Width).ToArray();
        var rows = Enumerable.Range(0, RowCount).Select(row => Columns.Select(column => column.Text(row)))
            .Prepend(Columns.Select(column => column.Title));
        return string.Join('\n',
            rows.Select(
                row => string.Join("  ",
                    row.Select((cell, i) => Columns[i].Numbers is null ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd()));
    }

    /// <summary>For places that have neither the report's style nor its script.</summary>
    internal string ToPlainHtml()
    {
        var titles = string.Concat(Columns.Select(column => $"<th{Side(column)}>{Html.Escape(column.Title)}</th>"));
        var rows = Enumerable.Range(0, RowCount).Select(row => $"<tr>{string.Concat(Columns.Select(column => Cell(column, row)))}</tr>");
        return $"<table><thead><tr>{titles}</tr></thead><tbody>{string.Concat(rows)}</tbody></table>";

        static string Cell(TableColumn column, int row) => $"<td{Side(column)}>{Marked(column, row)}</td>";
        static string Marked(TableColumn column, int row) =>
            column.IsBest(row) ? $"<b>{Html.Escape(column.Text(row))}</b>" : Html.Escape(column.Text(row));
        static string Side(TableColumn column) => $" style=\"text-align:{(column.Numbers is null ? "left" : "right")}\"";
    }

    internal string ToHtml()
    {
        var html = new StringBuilder("<table class=\"sortable\">\n<thead><tr>");
        foreach (var column in Columns)
            html.Append($"<th scope=\"col\"{column.Class}><button type=\"button\">{column.Heading}</button></th>");
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

/// <summary>A table being built from rows of <typeparamref name="T"/>.</summary>
/// <example><code>ReportTable.Of(members).Text("Member", m => m.Name).Number("KL (nats)", m => m.Kl, "0.00", Best.Lowest)</code></example>
public sealed class ReportTable<T> : ReportTable
{
    private readonly IReadOnlyList<T> _rows;

    internal ReportTable(IReadOnlyList<T> rows) => _rows = rows;

    /// <summary>Adds a column of texts, left-aligned.</summary>
    public ReportTable<T> Text(string title, Func<T, string> value)
    {
        Columns.Add(new TableColumn(title, [.. _rows.Select(value)], null, Best.None));
        return this;
    }

    /// <summary>A column of numbers in a .NET format; those that are missing or not finite are shown as a dash.</summary>
    public ReportTable<T> Number(string title, Func<T, double?> value, string format = "0.00", Best best = Best.None) =>
        Add(title, value, null, format, best);

    /// <summary>A column of means with their standard deviations, 29.69 ± 0.12; it sorts by the means.</summary>
    /// <param name="title">Its heading.</param>
    /// <param name="mean">The mean; missing or not finite, it is shown as a dash.</param>
    /// <param name="deviation">The standard deviation.</param>
    /// <param name="format">The .NET format of both.</param>
    /// <param name="best">Which mean is highlighted.</param>
    public ReportTable<T> MeanAndDeviation(
        string title, Func<T, double?> mean, Func<T, double> deviation, string format = "0.00", Best best = Best.None)
    {
        ArgumentNullException.ThrowIfNull(deviation);
        return Add(title, mean, deviation, format, best);
    }

    private ReportTable<T> Add(string title, Func<T, double?> value, Func<T, double>? deviation, string format, Best best)
    {
        double[] numbers = [.. _rows.Select(row => value(row) ?? double.NaN)];
        string Show(double number) => double.IsFinite(number)
            ? number.ToString(Math.Abs(number) < 1e6 ? format : "0.0e0", CultureInfo.InvariantCulture).Replace('-', '−')
            : "–";
        var column = new TableColumn(title, [.. numbers.Select(Show)], numbers, best);
        Columns.Add(deviation is null ? column : column with
        {
            Deviations = [.. _rows.Select((row, i) => double.IsFinite(numbers[i]) ? $"± {Show(deviation(row))}" : "")],
        });
        return this;
    }
}

/// <summary>One column of a table, with its cells as they are shown.</summary>
/// <param name="Numbers">What the column sorts by, or null for a column of texts.</param>
internal sealed record TableColumn(string Title, IReadOnlyList<string> Cells, IReadOnlyList<double>? Numbers, Best Best)
{
    /// <summary>Stands after each cell, <c>± 0.12</c>; null in a column without.</summary>
    public IReadOnlyList<string>? Deviations { get; init; }

    public string Class => Numbers is null ? "" : " class=\"number\"";

    /// <summary>The title, which breaks between words alone.</summary>
    public string Heading => string.Join(' ', Title.Split(' ').Select(word => $"<span>{Html.Escape(word)}</span>"));

    public string Text(int row) => Deviations?[row] is { Length: > 0 } deviation ? $"{Cells[row]} {deviation}" : Cells[row];

    public string Cell(int row)
    {
        var text = Html.Escape(Cells[row]);
        if (Numbers is null) return $"<td dir=\"auto\">{text}</td>";
        var key = double.IsFinite(Numbers[row]) ? Numbers[row].ToString("R", CultureInfo.InvariantCulture) : "Infinity";
        if (Deviations?[row] is { Length: > 0 } deviation) text += $" <span class=\"deviation\">{Html.Escape(deviation)}</span>";
        return $"<td class=\"number{(IsBest(row) ? " best" : "")}\" data-sort=\"{key}\">{text}</td>";
    }

    /// <summary>Cells that read the same are equally good.</summary>
    public bool IsBest(int row)
    {
        if (Best == Best.None || Numbers is null || !double.IsFinite(Numbers[row])) return false;
        var finite = Numbers.Where(double.IsFinite).ToArray();
        var best = Best == Best.Lowest ? finite.Min() : finite.Max();
        return Cells[row] == Cells[Numbers.ToList().IndexOf(best)];
    }
}

/// <summary>Which number of a table's column is highlighted.</summary>
public enum Best
{
    /// <summary>No number is highlighted.</summary>
    None,

    /// <summary>The lowest number is highlighted.</summary>
    Lowest,

    /// <summary>The highest number is highlighted.</summary>
    Highest,
}

/// <summary>A table as markup and as aligned text.</summary>
internal sealed class ReportTableFormatters
{
#pragma warning disable CA1822 // The convention calls it on an instance.
    public IEnumerable<object> CreateTypeFormatters() =>
#pragma warning restore CA1822
    [
        new TypeFormatter<ReportTable>("text/html", table => table.ToPlainHtml()),
        new TypeFormatter<ReportTable>("text/plain", table => table.ToString()),
    ];
}
