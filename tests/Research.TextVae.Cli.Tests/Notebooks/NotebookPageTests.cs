using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Research.TextVae.Notebooks.Documents.Html;

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

    [Theory]
    [InlineData("<script>alert(1)</script>a<SCRIPT src=x></SCRIPT >b", "ab")]
    [InlineData("<b onclick=alert(1) title='x'>b</b>", "<b title=\"x\">b</b>")]
    [InlineData("<a href='java\nscript:alert(1)'>x</a>", "<a>x</a>")]
    [InlineData("<a href='&#106;avascript:alert(1)'>x</a>", "<a>x</a>")]
    [InlineData("<a href=\"data:text/html,x\">x</a><a href=\"#y\">y</a>", "<a>x</a><a href=\"#y\">y</a>")]
    [InlineData("<img src=x onerror=alert(1)>", "<img src=\"x\">")]
    [InlineData("<svg/onload=alert(1)><path d=\"M0\"/><path d=\"M1\"/></svg>", "<svg><path d=\"M0\"/><path d=\"M1\"/></svg>")]
    [InlineData("<meta http-equiv=refresh content='0;url=//x'><iframe src=x>y</iframe><form action=x>z</form>", "z")]
    [InlineData("<style>a{}</style>", "<style>a{}</style>")]
    [InlineData("<svg><style><img src=x onerror=y></style></svg>", "<svg><style>\\3C img src=x onerror=y></style></svg>")]
    [InlineData("</div></main><div>open <b>two", "<div>open <b>two</b></div>")]
    [InlineData("a <!-- <b> --> c < d <3 <?x ?> <!y>", "a  c &lt; d &lt;3  ")]
    [InlineData("<b title=\"a>b\" class=x>&lt;script&gt;</b>", "<b title=\"a&gt;b\" class=\"x\">&lt;script&gt;</b>")]
    [InlineData("<script", "")]
    [InlineData("<b title=\"x", "<b title=\"x\"></b>")]
    public void MarkupOfANotebookIsMadeHarmless(string markup, string expected)
    {
        Assert.Equal(expected, SafeHtml.Of(markup));
        Assert.Equal(expected, SafeHtml.Of(expected));
    }

    [Fact]
    public void MarkdownKeepsNoScriptAndOutputShowsTheLastStateOfALine()
    {
        Assert.DoesNotMatch("(?i)<script|=\"javascript|onerror",
            MarkdownHtml.Of("[x](javascript:alert(1)) <javascript:alert(1)> <img src=x onerror=a(1)>\n\n<script>a(1)</script>", "."));
        Assert.Equal("<p><a href=\"https://example.org/?a=1&amp;b=2\">x</a> <b>b</b></p>",
            MarkdownHtml.Of("[x](https://example.org/?a=1&b=2) <b>b</b>", ".").Trim());
        var attachments = new JsonObject { ["a.png"] = new JsonObject { ["image/png\" onerror=\"a()"] = "AQID" } };
        Assert.Equal("<p><img src=\"attachment:a.png\" alt=\"\"></p>", MarkdownHtml.Of("![](attachment:a.png)", ".", attachments).Trim());
        var output = new JsonObject { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = "\r0%\r50%\r100%\nab\rc\r\nlast" };
        Assert.Equal("<pre class=\"stdout\">100%\ncb\nlast</pre>", OutputHtml.Of(output, "."));
    }

    [GeneratedRegex("class=\"plot js-plotly-plot\" style=\"height: ?([0-9]+)px")]
    private static partial Regex Height();

    [GeneratedRegex("Content-Security-Policy\" content=\"([^\"]*)\"")]
    private static partial Regex Policy();
}
