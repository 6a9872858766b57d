using System.Globalization;
using System.Text.RegularExpressions;

namespace Research.TextVae.Cli.Tests.Notebooks;

public sealed partial class NotebookPageTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void APageHoldsAllItNeedsAndRunsNothingOfTheOutputs()
    {
        var cells =
            """
            {
              "cell_type": "markdown", "id": "m", "metadata": {},
              "source": ["# Σ & more\n\n$a<b$, $$\\sum_i$$ ![p](p.png) ![far](https://example.org/far.png)\n",
                "[next](b.ipynb#two) [web](https://example.org/c.ipynb) [data](d.csv)"]
            },
            """;
        _place.Write("n.ipynb", NotebookText.Of(
            $"#load \"{Path.Combine(Workplace.Checkout, "recipes", "prelude.csx")}\"",
            "Figure.Of(Line.Of(new double[] { 1, 2 }, new double[] { 3, 4 })).Title(\"drawn\")",
            "Figure.Grid(2, Figure.Of(Line.Of([1.0, 2], [3.0, 4])), Figure.Of(Line.Of([1.0, 2], [3.0, 4]))).Height(300)",
            "PictureRows.Of([(\"row\", [.. Enumerable.Repeat(new float[4], 20)])], side: 2).Height(600)",
            "HTML(\"<script>alert(1)</script><b>bold</b>\")").Replace("\"cells\": [", "\"cells\": [" + cells, StringComparison.Ordinal));
        File.WriteAllBytes(Path.Combine(_place.Folder, "p.png"), [1, 2, 3]);
        Assert.Equal(0, _place.TextVae("notebook", "run", "n.ipynb").ExitCode);

        Assert.Equal(new Outcome(0, "n.html\n", ""), _place.TextVae("notebook", "html", "n.ipynb"));

        var page = File.ReadAllText(Path.Combine(_place.Folder, "n.html"));
        Assert.Contains("<title>Σ &amp; more</title>", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"math\">a&lt;b</span>", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"math display\">\\sum_i</span>", page, StringComparison.Ordinal);
        Assert.Contains("src=\"data:image/png;base64,AQID\"", page, StringComparison.Ordinal);
        Assert.Contains("<b>bold</b>", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"b.html#two\">next</a> <a href=\"https://example.org/c.ipynb\">web</a> <a href=\"d.csv\">data</a>", page,
            StringComparison.Ordinal);

        // The policy: the page's own four scripts by their hashes, nothing from elsewhere.
        var policy = Policy().Match(page).Groups[1].Value;
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.Equal(4, Regex.Count(policy, "'sha256-"));
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);

        // What a browser makes of it, as narrow as a phone: formulas are typeset, the figure is drawn, the script of the output has not
        // run.
        var browser = Workplace.Finish(
            _place.Start("chromium",
                ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=400,800", "--virtual-time-budget=10000",
                    $"--user-data-dir={_place.Folder}/profile", "--dump-dom", new Uri(Path.Combine(_place.Folder, "n.html")).AbsoluteUri]));
        Assert.Equal(2, Regex.Count(browser.Output, "<span class=\"katex-html\""));
        Assert.Contains("class=\"gtitle\"", browser.Output, StringComparison.Ordinal);

        // Panels stand below each other, and a picture is no higher than its width allows.
        var heights = Height().Matches(browser.Output).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
            .ToArray();
        Assert.Equal(3, heights.Length);
        Assert.InRange(heights[1], 500, 700);
        Assert.InRange(heights[2], 40, 150);
    }

    [GeneratedRegex("class=\"plot js-plotly-plot\" style=\"height: ?([0-9]+)px")]
    private static partial Regex Height();

    [GeneratedRegex("Content-Security-Policy\" content=\"([^\"]*)\"")]
    private static partial Regex Policy();
}
