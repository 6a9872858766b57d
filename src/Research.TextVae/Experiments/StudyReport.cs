using Research.TextVae.Charts;
using Research.TextVae.Reports;

namespace Research.TextVae.Experiments;

/// <summary>What a recipe adds to the page of a study: sections with prose, figures and tables of its own.</summary>
public sealed class StudyReport
{
    private readonly HtmlReport page;
    private readonly RunFolder folder;

    internal StudyReport(HtmlReport page, RunFolder folder, StudyResults results)
    {
        this.page = page;
        this.folder = folder;
        Results = results;
    }

    /// <summary>The results.</summary>
    public StudyResults Results { get; }

    /// <summary>Starts a section, with prose under its heading (<c>**strong**</c> and <c>`code`</c> are marked up).</summary>
    public StudyReport Section(string heading, string text = "")
    {
        page.Section(heading);
        if (text.Length > 0)
            page.Text(text);
        return this;
    }

    /// <summary>A figure; its JSON is kept in the run's <c>figures/</c> under this name.</summary>
    public StudyReport Figure(string name, Figure figure, string caption)
    {
        folder.AddFigure(page, name, figure, caption);
        return this;
    }

    /// <summary>A table.</summary>
    public StudyReport Table(ReportTable table, string caption = "")
    {
        page.Table(table, caption);
        return this;
    }

    /// <summary>A curve or cloud of each member that has recorded one under this name, as (member, series).</summary>
    public IEnumerable<(string Member, Series Series)> Series(string name) =>
        from row in Results.Rows
        where row.First.Series.ContainsKey(name)
        select (row.Name, row.First.Series[name]);

    /// <summary>The tables of texts that members have recorded, those with this caption or all.</summary>
    public StudyReport Texts(string? caption = null)
    {
        foreach (var row in Results.Rows)
        {
            foreach (var table in row.First.Texts.Where(table => caption is null || table.Caption == caption))
                page.Samples(caption is null ? $"{row.Name}: {table.Caption}" : row.Name, table.Headings, table.Rows);
        }

        return this;
    }
}
