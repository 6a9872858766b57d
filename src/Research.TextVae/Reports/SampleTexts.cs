using System.Globalization;
using System.Text;
using Research.TextVae.Charts;

namespace Research.TextVae.Reports;

/// <summary>Generated texts, set as prose. Each has an element of its own, whose writing direction is found from its text.</summary>
internal static class SampleTexts
{
    private const int ShortText = 12; // characters

    public static string Table(string caption, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> texts)
    {
        IReadOnlyList<string>[] rows = [.. texts];
        var html = Start(caption).Append("<table class=\"texts\">\n<colgroup>");
        // Numbers and marks beside the texts take no room from them.
        foreach (var i in Enumerable.Range(0, headings.Count))
            html.Append(rows.All(row => row.Count > i && row[i].Length <= ShortText) ? "<col class=\"short\">" : "<col>");
        html.Append("</colgroup>\n<thead><tr>");
        foreach (var heading in headings) html.Append($"<th scope=\"col\">{Html.Escape(heading)}</th>");
        html.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in rows)
        {
            if (row.Count != headings.Count)
                throw new ArgumentException($"A row has {row.Count} texts under {headings.Count} headings.", nameof(texts));
            html.Append("<tr>");
            for (var i = 0; i < row.Count; i++)
                html.Append($"<td dir=\"auto\" data-heading=\"{Html.Escape(headings[i])}\">{Shown(row[i])}</td>");
            html.Append("</tr>\n");
        }

        return html.Append("</tbody>\n</table>\n</figure>\n").ToString();
    }

    public static string List(string caption, IEnumerable<string> texts)
    {
        var html = Start(caption).Append("<ol class=\"texts\">\n");
        foreach (var text in texts) html.Append($"<li><p dir=\"auto\">{Shown(text)}</p></li>\n");
        return html.Append("</ol>\n</figure>\n").ToString();
    }

    public static string Strip(string caption, IReadOnlyList<string> texts)
    {
        var html = Start(caption).Append("<ol class=\"strip\">\n");
        for (var i = 0; i < texts.Count; i++)
        {
            var share = texts.Count > 1 ? i / (double)(texts.Count - 1) : 0;
            var t = share.ToString("0.00", CultureInfo.InvariantCulture);
            html.Append($"<li style=\"--t:{t}\"><span class=\"t\">{t}</span><p dir=\"auto\">{Shown(texts[i])}</p></li>\n");
        }

        return html.Append("</ol>\n</figure>\n").ToString();
    }

    private static StringBuilder Start(string caption) => new($"<figure class=\"samples\">\n<h3>{Html.Escape(caption)}</h3>\n");

    private static string Shown(string text) => text.Length == 0 ? "<span class=\"empty\">empty</span>" : Html.Escape(text);
}
