using System.Net;
using System.Text;

namespace Research.TextVae.Support;

/// <summary>A value that notebooks show as a title with facts and rows, instead of all its properties.</summary>
internal interface IDescribed
{
    /// <summary>What a reader wants to know of it.</summary>
    Description Describe();
}

/// <summary>What is shown of a value.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Facts">Values by name.</param>
internal sealed record Description(string Title, params IReadOnlyList<(string Name, string Value)> Facts)
{
    /// <summary>Rows below the facts, whose first one holds the headings.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows { get; init; } = [];

    /// <summary>As lines of text.</summary>
    public string ToText()
    {
        var names = Facts.Select(fact => fact.Name.Length).DefaultIfEmpty().Max();
        var widths = Rows.Count == 0 ? [] : Rows[0].Select((_, i) => Rows.Max(row => row[i].Length)).ToArray();
        return string.Join('\n',
        [
            Excerpt.Line(Title),
            .. Facts.Select(fact => $"  {fact.Name.PadRight(names)}  {Excerpt.Line(fact.Value)}"),
            .. Rows.Select(row => "  " + string.Join("  ", row.Select((cell, i) => Excerpt.Line(cell).PadRight(widths[i]))).TrimEnd()),
        ]);
    }

    /// <summary>As markup.</summary>
    public string ToHtml()
    {
        var html = new StringBuilder($"<div><strong>{Escaped(Title)}</strong>");
        Table(Facts.Select(fact => $"<tr><th style=\"text-align:left\">{Escaped(fact.Name)}</th>{Cell(fact.Value)}</tr>"));
        Table(Rows.Select((row, i) =>
            $"<tr>{string.Concat(row.Select(cell => i == 0 ? $"<th>{Escaped(cell)}</th>" : Cell(cell)))}</tr>"));
        return html.Append("</div>").ToString();

        void Table(IEnumerable<string> rows)
        {
            var all = string.Concat(rows);
            if (all.Length > 0)
                html.Append("<table>").Append(all).Append("</table>");
        }
    }

    private static string Cell(string text) => $"<td style=\"text-align:left\">{Escaped(text)}</td>";

    // Corpora may hold anything.
    private static string Escaped(string text) => WebUtility.HtmlEncode(Excerpt.Line(text));
}

/// <summary>Shows what describes itself.</summary>
internal sealed class DescriptionFormatters
{
    public const string Html = "text/html";

#pragma warning disable CA1822 // The convention calls it on an instance.
    public IEnumerable<object> CreateTypeFormatters() =>
#pragma warning restore CA1822
    [
        new TypeFormatter<IDescribed>(Html, value => value.Describe().ToHtml()),
        new TypeFormatter<IDescribed>("text/plain", value => value.Describe().ToText()),
    ];
}
