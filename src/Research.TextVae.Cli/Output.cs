using Research.TextVae.Support;
using Spectre.Console;

namespace Research.TextVae.Cli;

/// <summary>Tables and lines on the console: drawn on a terminal, plain text without line wrapping elsewhere.</summary>
internal static class Output
{
    public static void Write(Table table) => Terminal.Out.Write(table);

    /// <summary>Writes a line, without what would steer the terminal: text of corpora comes from strangers.</summary>
    public static void Line(string text = "") => Console.WriteLine(Excerpt.Printable(text));

    /// <summary>An empty table with these columns; those that begin with &gt; hold numbers.</summary>
    public static Table Table(params IEnumerable<string> columns)
    {
        var table = new Table { Border = Console.IsOutputRedirected ? TableBorder.None : TableBorder.Simple, ShowHeaders = true };
        foreach (var column in columns)
        {
            var isNumber = column.StartsWith('>');
            table.AddColumn(new TableColumn(Markup.Escape(column.TrimStart('>')))
            {
                Alignment = isNumber ? Justify.Right : Justify.Left,
                NoWrap = isNumber,
            });
        }

        return table;
    }

    /// <summary>A row of plain text.</summary>
    public static void Row(this Table table, params IEnumerable<string> cells) =>
        table.AddRow([.. cells.Select(cell => new Spectre.Console.Text(Excerpt.Printable(cell)))]);
}
