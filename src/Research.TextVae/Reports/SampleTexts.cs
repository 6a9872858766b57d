using System.Globalization;
using System.Text;
using Research.TextVae.Charts;

namespace Research.TextVae.Reports;

/// <summary>Generated texts, set as prose. Each has an element of its own, whose writing direction is found from its text.</summary>
internal static class SampleTexts
{
    private const int ShortText = 12; // characters
    private const int MostRows = 12;
    private const int RowsBeforeTheFold = 8;
    private const int FewestRepeated = 3;

    public static string Table(string caption, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> texts)
    {
        IReadOnlyList<string>[] rows = [.. texts];
        if (rows.FirstOrDefault(row => row.Count != headings.Count) is { } other)
            throw new ArgumentException($"A row has {other.Count} texts under {headings.Count} headings.", nameof(texts));

        var html = Start(caption);
        var columns = new List<int>();
        for (var i = 0; i < headings.Count; i++)
        {
            string[] column = [.. rows.Select(row => row[i])];
            if (column is [{ Length: > ShortText }, ..] && AreSame(column)) html.Append(InOneLine(column, $"{headings[i]}: "));
            else columns.Add(i);
        }

        if (columns.Count > 0)
        {
            // Numbers and marks beside the texts take no room from them.
            var widths = columns.Select(i => rows.All(row => row[i].Length <= ShortText) ? "<col class=\"short\">" : "<col>");
            var titles = columns.Select(i => $"<th scope=\"col\">{Html.Escape(headings[i])}</th>");
            var head = $"<table class=\"texts\">\n<colgroup>{string.Concat(widths)}</colgroup>\n"
                + $"<thead><tr>{string.Concat(titles)}</tr></thead>\n<tbody>\n";
            AppendFolded(html, head, [.. rows.Select(Row)], "</tbody>\n</table>\n");
        }

        return html.Append("</figure>\n").ToString();

        string Row(IReadOnlyList<string> row) => $"<tr>{string.Concat(columns.Select(i =>
            $"<td dir=\"auto\" data-heading=\"{Html.Escape(headings[i])}\">{Shown(row[i])}</td>"))}</tr>\n";
    }

    public static string List(string caption, IEnumerable<string> texts)
    {
        string[] all = [.. texts];
        var html = Start(caption);
        if (AreSame(all)) html.Append(InOneLine(all));
        else AppendFolded(html, "<ol class=\"texts\">\n", [.. all.Select((text, i) =>
            $"<li value=\"{i + 1}\"><p dir=\"auto\">{Shown(text)}</p></li>\n")], "</ol>\n");
        return html.Append("</figure>\n").ToString();
    }

    public static string Strip(string caption, IReadOnlyList<string> texts)
    {
        var html = Start(caption);
        if (AreSame(texts)) return html.Append(InOneLine(texts)).Append("</figure>\n").ToString();
        html.Append("<ol class=\"strip\">\n");
        string At(int i) => (texts.Count > 1 ? i / (double)(texts.Count - 1) : 0).ToString("0.00", CultureInfo.InvariantCulture);
        for (var (first, next) = (0, 0); first < texts.Count; first = next)
        {
            while (next < texts.Count && texts[next] == texts[first]) next++;
            var place = next - first == 1 ? At(first) : $"{At(first)}–{At(next - 1)}";
            html.Append($"<li style=\"--t:{At(first)}\"><span class=\"t\">{place}</span><p dir=\"auto\">{Shown(texts[first])}</p></li>\n");
        }

        return html.Append("</ol>\n</figure>\n").ToString();
    }

    /// <summary>What samples are like in a few lines: the one that all or most repeat, or how many differ, with the most
    /// frequent.</summary>
    public static string Summary(IReadOnlyList<string> samples, int examples = 3)
    {
        static string Named(string text) => text.Length == 0 ? "(empty)" : text;
        var different = samples.GroupBy(text => text).OrderByDescending(text => text.Count()).ToArray();
        var (common, count) = (different[0].Key, different[0].Count());
        var repeats = count >= FewestRepeated && 2 * count > samples.Count;
        var shown = different.Skip(repeats ? 1 : 0).Take(examples)
            .Select(text => Named(text.Key) + (text.Count() > 1 ? $" (×{text.Count()})" : ""));
        return string.Join('\n', shown.Prepend(repeats
            ? $"{count} of {samples.Count} samples are the same: {Named(common)}"
            : $"{different.Length} different samples of {samples.Count}:"));
    }

    private static bool AreSame(IReadOnlyList<string> texts) => texts.Count >= FewestRepeated && texts.All(text => text == texts[0]);

    private static string InOneLine(IReadOnlyList<string> texts, string name = "") =>
        $"<p class=\"same\"><span>{Html.Escape(name)}{Count(texts)} samples are the same:</span> <bdi>{Shown(texts[0])}</bdi></p>\n";

    private static string Count(IReadOnlyList<string> texts) => FormattableString.Invariant($"{texts.Count} of {texts.Count}");

    private static void AppendFolded(StringBuilder html, string head, IReadOnlyList<string> rows, string foot)
    {
        var seen = rows.Count > MostRows ? RowsBeforeTheFold : rows.Count;
        html.Append(head).AppendJoin("", rows.Take(seen)).Append(foot);
        if (seen < rows.Count)
            html.Append($"<details class=\"fold\">\n<summary>{rows.Count - seen} more</summary>\n").Append(head)
                .AppendJoin("", rows.Skip(seen)).Append(foot).Append("</details>\n");
    }

    private static StringBuilder Start(string caption) =>
        new($"<figure class=\"samples\">\n{(caption.Length == 0 ? "" : $"<h3>{Html.Escape(caption)}</h3>\n")}");

    private static string Shown(string text) => text.Length == 0 ? "<span class=\"empty\">empty</span>" : Html.Escape(text);
}
