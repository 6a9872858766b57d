using Research.TextVae.Charts;
using Research.TextVae.Reports;

namespace Research.TextVae.Experiments;

/// <summary>What a recipe adds to the page of a study: sections with prose, figures and tables of its own.</summary>
public sealed class StudyReport
{
    private readonly HtmlReport _page;
    private readonly RunFolder _folder;

    internal StudyReport(HtmlReport page, RunFolder folder, StudyResults results)
    {
        _page = page;
        _folder = folder;
        Results = results;
    }

    /// <summary>The results.</summary>
    public StudyResults Results { get; }

    /// <summary>Starts a section, with prose under its heading (<c>**strong**</c> and <c>`code`</c> are marked up).</summary>
    public StudyReport Section(string heading, string text = "")
    {
        _page.Section(heading);
        if (text.Length > 0)
            _page.Text(text);
        return this;
    }

    /// <summary>A figure; its JSON is kept in the run's <c>figures/</c> under this name.</summary>
    public StudyReport Figure(string name, Figure figure, string caption)
    {
        _folder.AddFigure(_page, name, figure, caption);
        return this;
    }

    /// <summary>A table.</summary>
    public StudyReport Table(ReportTable table, string caption = "")
    {
        _page.Table(table, caption);
        return this;
    }

    /// <summary>A curve or cloud of each variant that has recorded one under this name, as (variant, series).</summary>
    public IEnumerable<(string Variant, Series Series)> Series(string name) =>
        from row in Results.Rows
        where row.First.Series.ContainsKey(name)
        select (row.Name, row.First.Series[name]);

    /// <summary>The curves that variants have recorded under this name, one line each.</summary>
    /// <param name="name">The name, such as <c>validation loss</c>.</param>
    /// <param name="y">What the vertical axis shows, with its unit.</param>
    /// <param name="x">What the horizontal axis shows.</param>
    /// <param name="markers">Whether the points are marked.</param>
    /// <param name="ordered">Whether the variants have an order, which the colours then show.</param>
    public Figure Curves(string name, string y, string x = "epoch", bool markers = false, bool ordered = false) =>
        Charts.Figure.Of(Series(name).Select(curve => Line.Of(curve.Series.X, curve.Series.Y, curve.Variant, markers: markers)))
            .X(x).Y(y).Ordered(ordered).Height(360);

    /// <summary>A bar for each variant that has recorded a metric.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="y">What the axis shows, with its unit; the metric's name when absent.</param>
    public Figure Bars(Metric metric, string? y = null)
    {
        ArgumentNullException.ThrowIfNull(metric);
        StudyRow[] rows = [.. Results.Rows.Where(row => row.Find(metric) is not null)];
        var bars = Bar.Of(rows.Select(row => row.Name), rows.Select(row => row[metric]));
        return Charts.Figure.Of(bars with { Labels = [.. rows.Select(row => row.Format(metric))] })
            .Y(y ?? metric.Name).YFromZero().Height(360);
    }

    /// <summary>Bars of several metrics side by side, for the variants that have recorded them.</summary>
    /// <param name="metrics">Name of each metric in the legend, and the metric.</param>
    public Figure Bars(params IEnumerable<(string Name, Metric Metric)> metrics)
    {
        Bar BarsOf(string name, Metric metric)
        {
            StudyRow[] rows = [.. Results.Rows.Where(row => row.Find(metric) is not null)];
            return Bar.Of(rows.Select(row => row.Name), rows.Select(row => row[metric]), name);
        }

        return Charts.Figure.Of(metrics.Select(metric => BarsOf(metric.Name, metric.Metric))).YFromZero().Height(360);
    }

    /// <summary>One metric by another, a line for each group of variants, the points in the order of the horizontal metric.</summary>
    /// <param name="x">What the horizontal axis shows.</param>
    /// <param name="y">What the vertical axis shows.</param>
    /// <param name="groups">Name of each line, and its variants.</param>
    /// <param name="title">Title of the vertical axis; the metric's name when absent.</param>
    public Figure Against(Metric x, Metric y, IEnumerable<(string Name, string[] Variants)> groups, string? title = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(groups);
        Line LineOf(string name, string[] variants)
        {
            StudyRow[] rows = [.. variants.Select(variant => Results[variant]).OrderBy(row => row[x])];
            return Line.Of(rows.Select(row => row[x]), rows.Select(row => row[y]), name, markers: true);
        }

        return Charts.Figure.Of(groups.Select(group => LineOf(group.Name, group.Variants))).X(x.Name).Y(title ?? y.Name).Height(360);
    }

    /// <summary>Tables of texts that several variants have recorded under one caption as one: the last column of each, named after its
    /// variant, after the other columns of the first.</summary>
    public StudyReport TextsBeside(string caption)
    {
        (string Name, TextTable Table)[] tables = [.. Results.Rows.SelectMany(row => row.First.Texts
            .Where(table => table.Caption == caption).Select(table => (row.Name, table)))];
        var shared = tables.First().Table;
        _page.Samples(
            caption,
            [.. shared.Headings.SkipLast(1), .. tables.Select(own => own.Name)],
            [.. shared.Rows.Select((row, i) => (string[])[.. row.SkipLast(1), .. tables.Select(own => own.Table.Rows[i][^1])])]);
        return this;
    }

    /// <summary>The tables of texts that variants have recorded, those with this caption or all; those after the first open at a
    /// click.</summary>
    public StudyReport Texts(string? caption = null)
    {
        (string Title, TextTable Table)[] tables = [.. Results.Rows.SelectMany(row => row.First.Texts
            .Where(table => caption is null || table.Caption == caption)
            .Select(table => (caption is null ? $"{row.Name}: {table.Caption}" : row.Name, table)))];
        foreach (var (title, table) in tables)
            _page.Details(title, page => page.Samples("", table.Headings, table.Rows), open: table == tables[0].Table);
        return this;
    }
}
