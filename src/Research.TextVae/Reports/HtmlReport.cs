using System.Text;
using Research.TextVae.Charts;
using Research.TextVae.Support;

namespace Research.TextVae.Reports;

/// <summary>
/// Builds a self-contained page: it opens offline, asks nothing of the network, prints, follows the reader's light or dark scheme
/// and fits a phone. All text is escaped; in prose <c>`code`</c> and <c>**strong**</c> are marked up.
/// </summary>
/// <example><code>
/// new HtmlReport("β sweep").Subtitle("LSTM VAE on Austen").Tiles(new Tile("KL", "3.2", "nats"))
///     .Section("Rate and distortion").Text("…").Figure(figure, "What to see.").Write("report.html");
/// </code></example>
public sealed class HtmlReport(string title)
{
    private readonly StringBuilder _body = new();
    private readonly List<Figure> _figures = [];
    private readonly List<(string Id, string Heading)> _sections = [];
    private string _subtitle = "";
    private int _tables;

    /// <summary>One or two lines under the title.</summary>
    public HtmlReport Subtitle(string text)
    {
        _subtitle = text;
        return this;
    }

    /// <summary>A row of key numbers.</summary>
    public HtmlReport Tiles(params Tile[] tiles)
    {
        _body.Append("<div class=\"tiles\">\n");
        foreach (var tile in tiles) _body.Append(tile.ToHtml());
        _body.Append("</div>\n");
        return this;
    }

    /// <summary>Starts a section, which the table of contents names.</summary>
    public HtmlReport Section(string heading)
    {
        if (_sections.Count > 0) _body.Append("</section>\n");
        var id = FormattableString.Invariant($"section-{_sections.Count + 1}");
        _sections.Add((id, heading));
        _body.Append($"<section id=\"{id}\">\n<h2>{Html.Escape(heading)}</h2>\n");
        return this;
    }

    /// <summary>Prose; an empty line separates paragraphs.</summary>
    public HtmlReport Text(string text)
    {
        foreach (var paragraph in text.ReplaceLineEndings("\n")
            .Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            _body.Append($"<p>{Html.Prose(paragraph)}</p>\n");
        return this;
    }

    /// <summary>An interactive figure. Its title is above it, its numbered caption below.</summary>
    public HtmlReport Figure(Figure figure, string caption = "")
    {
        _figures.Add(figure);
        var heading = figure.TitleText is { } text ? $"<h3>{Html.Escape(text)}</h3>\n" : "";
        _body.Append($"<figure>\n{heading}{HtmlPage.Plot(_figures.Count, figure)}\n");
        _body.Append($"<figcaption><b>Figure {_figures.Count}.</b> {Html.Prose(caption)}</figcaption>\n</figure>\n");
        return this;
    }

    /// <summary>A table whose columns the reader can sort.</summary>
    public HtmlReport Table(ReportTable table, string caption = "")
    {
        var label = caption.Length == 0 ? "" : $"<figcaption><b>Table {++_tables}.</b> {Html.Prose(caption)}</figcaption>\n";
        _body.Append($"<figure class=\"table\">\n{label}<div class=\"scroll\">\n{table.ToHtml()}</div>\n</figure>\n");
        return this;
    }

    /// <summary>Generated texts side by side, set as prose: for instance source and reconstruction. A column that repeats one sentence
    /// becomes a line above the others, and of many rows the later ones open at a click.</summary>
    /// <param name="caption">Stands above; none when empty.</param>
    /// <param name="headings">One heading per column.</param>
    /// <param name="rows">Each with as many texts as there are headings.</param>
    /// <exception cref="ArgumentException">A row has another number of texts.</exception>
    public HtmlReport Samples(string caption, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        _body.Append(SampleTexts.Table(caption, headings, rows));
        return this;
    }

    /// <summary>Generated texts as a list, or in a line where all are the same.</summary>
    public HtmlReport Samples(string caption, IEnumerable<string> texts)
    {
        _body.Append(SampleTexts.List(caption, texts));
        return this;
    }

    /// <summary>Texts decoded on the way from one point of the latent space to another, first to last; equal neighbours stand
    /// once.</summary>
    public HtmlReport Interpolation(string caption, IReadOnlyList<string> texts)
    {
        _body.Append(SampleTexts.Strip(caption, texts));
        return this;
    }

    /// <summary>What the recipe claims, and whether it held.</summary>
    public HtmlReport Expectations(IEnumerable<ExpectationResult> results)
    {
        _body.Append(ExpectationResult.ListToHtml([.. results]));
        return this;
    }

    /// <summary>Names and values that open at a click: environment, configuration.</summary>
    public HtmlReport Details(string summary, IEnumerable<(string Name, string Value)> entries)
    {
        _body.Append($"<details>\n<summary>{Html.Escape(summary)}</summary>\n<dl>\n");
        foreach (var (name, value) in entries) _body.Append($"<dt>{Html.Escape(name)}</dt><dd>{Html.Escape(value)}</dd>\n");
        _body.Append("</dl>\n</details>\n");
        return this;
    }

    /// <summary>Content that opens at a click, what is long and few will read.</summary>
    /// <param name="summary">The line that is always seen.</param>
    /// <param name="content">Adds to the report what the line opens.</param>
    /// <param name="open">Whether it is open to begin with.</param>
    public HtmlReport Details(string summary, Action<HtmlReport> content, bool open = false)
    {
        ArgumentNullException.ThrowIfNull(content);
        _body.Append($"<details class=\"fold\"{(open ? " open" : "")}>\n<summary>{Html.Escape(summary)}</summary>\n");
        content(this);
        _body.Append("</details>\n");
        return this;
    }

    /// <summary>Preformatted text that opens at a click.</summary>
    public HtmlReport Details(string summary, string text)
    {
        _body.Append($"<details>\n<summary>{Html.Escape(summary)}</summary>\n<pre>{Html.Escape(text)}</pre>\n</details>\n");
        return this;
    }

    /// <summary>The report as one HTML page that needs no network.</summary>
    public string ToHtml()
    {
        var page = new StringBuilder("<div class=\"page\">\n");
        page.Append($"<header>\n<h1>{Html.Escape(title)}</h1>\n");
        if (_subtitle.Length > 0) page.Append($"<p class=\"subtitle\">{Html.Prose(_subtitle)}</p>\n");
        page.Append("</header>\n<nav aria-label=\"Contents\">\n<ol>\n");
        foreach (var (id, heading) in _sections) page.Append($"<li><a href=\"#{id}\">{Html.Escape(heading)}</a></li>\n");
        page.Append("</ol>\n</nav>\n<main>\n").Append(_body);
        if (_sections.Count > 0) page.Append("</section>\n");
        return HtmlPage.Of(title, page.Append("</main>\n</div>").ToString(), _figures);
    }

    /// <summary>Writes the page; an existing file is replaced as a whole.</summary>
    public void Write(string path) => AtomicFile.Write(path, ToHtml());
}

/// <summary>A key number of a report.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Value">The number, formatted.</param>
/// <param name="Unit">Nats, tokens/s, …</param>
/// <param name="Note">A few words under it.</param>
public sealed record Tile(string Label, string Value, string Unit = "", string Note = "")
{
    internal string ToHtml()
    {
        var unit = Unit.Length == 0 ? "" : $" <small>{Html.Escape(Unit)}</small>";
        var note = Note.Length == 0 ? "" : $"<span class=\"note\">{Html.Escape(Note)}</span>";
        return $"<div class=\"tile\"><span class=\"label\">{Html.Escape(Label)}</span><span "
            + $"class=\"value\">{Html.Escape(Value)}{unit}</span>{note}</div>\n";
    }
}

/// <summary>A claim of a recipe, and whether it held.</summary>
/// <param name="Text">The claim.</param>
/// <param name="Passed">Whether it held; null when the run was too small to decide.</param>
/// <param name="Detail">The numbers it was judged by.</param>
public sealed record ExpectationResult(string Text, bool? Passed, string Detail = "")
{
    internal static string ListToHtml(IReadOnlyList<ExpectationResult> results)
    {
        var held = results.Count(result => result.Passed == true);
        var judged = results.Count(result => result.Passed is not null);
        var verdict = judged == 0 ? "not checked at this size" : $"{held} of {judged} expectations held";
        var html = new StringBuilder();
        html.Append($"<p class=\"verdict {Style(judged == 0 ? null : held == judged)}\">{verdict}</p>\n<ul class=\"expectations\">\n");
        foreach (var result in results)
        {
            var mark = result.Passed switch { true => "✓", false => "✗", null => "–" };
            var style = Style(result.Passed);
            html.Append(
                $"<li class=\"{style}\"><span class=\"mark\" role=\"img\" "
                    + $"aria-label=\"{style}\">{mark}</span><div>{Html.Prose(result.Text)}");
            if (result.Detail.Length > 0) html.Append($"<div class=\"detail\">{Html.Escape(result.Detail)}</div>");
            html.Append("</div></li>\n");
        }

        return html.Append("</ul>\n").ToString();
    }

    private static string Style(bool? passed) => passed switch { true => "held", false => "failed", null => "unchecked" };
}
