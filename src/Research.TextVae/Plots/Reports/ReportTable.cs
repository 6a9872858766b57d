using System.Text;

namespace Research.TextVae.Plots;

/// <summary>A table of typed columns: texts flush left, numbers flush right with figures of one width.</summary>
public abstract class ReportTable
{
    private protected ReportTable()
    {
    }

    private protected List<TableColumn> Columns { get; } = [];

    /// <summary>A table with a row for each item; add its columns with Text and Number.</summary>
    public static ReportTable<T> Of<T>(IEnumerable<T> rows) => new([.. rows]);

    internal string ToHtml()
    {
        var html = new StringBuilder("<table class=\"sortable\">\n<thead><tr>");
        foreach (var column in Columns)
            html.Append($"<th scope=\"col\"{column.Class}><button type=\"button\">{Html.Escape(column.Title)}</button></th>");
        html.Append("</tr></thead>\n<tbody>\n");
        for (var row = 0; row < (Columns.Count > 0 ? Columns[0].Cells.Count : 0); row++)
        {
            html.Append("<tr>");
            foreach (var column in Columns) html.Append(column.Cell(row));
            html.Append("</tr>\n");
        }

        return html.Append("</tbody>\n</table>\n").ToString();
    }
}
