using Microsoft.Playwright;
using Research.TextVae.Charts;
using Research.TextVae.Support;

namespace Research.TextVae.Tests.Charts;

/// <summary>The sample report in a real browser, from a file, offline.</summary>
public sealed class BrowserReportTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private const string TracesOf = """
        plot => plot.querySelectorAll(
          ".scatterlayer > .trace, .barlayer > .trace, .boxlayer > .trace, .violinlayer > .trace, .heatmaplayer > .hm").length
        """;

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Every_figure_draws_its_traces_without_a_complaint_or_a_request(int width, ColorScheme scheme)
    {
        var page = await browser.Report(width, scheme);

        var drawn = new List<int>();
        foreach (var plot in await page.Tab.QuerySelectorAllAsync(".plot")) drawn.Add(await plot.EvaluateAsync<int>(TracesOf));

        // Three panels of five lines; five schedules; three guides and the curve; a heatmap; two bars; six books; every kind.
        Assert.Equal([15, 5, 4, 1, 2, 6, 9], drawn);
        Assert.Empty(page.Complaints);
        Assert.All(page.Requests, url => Assert.Matches("^(file|data|blob):", url));
        Assert.Equal("Rate and collapse in an LSTM text autoencoder", await page.Tab.TitleAsync());
    }

    [Fact]
    public async Task The_pointer_over_a_point_shows_its_label()
    {
        var page = await browser.Report();

        await page.Tab.Locator("#figure-3 .points path.point").Nth(2).HoverAsync(new() { Force = true });

        await Assertions.Expect(page.Tab.Locator("#figure-3 .hoverlayer .hovertext")).ToContainTextAsync("β = 0.25: −ELBO 99.50 nats");
    }

    [Fact]
    public async Task Hostile_texts_over_points_are_shown_as_they_are()
    {
        var page = await browser.Report();
        await page.Tab.EvaluateAsync("""
            () => {
              const plot = document.getElementById("figure-6");
              const trace = plot.data.findIndex(trace => trace.hovertext.some(text => text.includes("script")));
              const point = plot.data[trace].hovertext.findIndex(text => text.includes("script"));
              Plotly.Fx.hover(plot, [{ curveNumber: trace, pointNumber: point }]);
            }
            """);

        await Assertions.Expect(page.Tab.Locator("#figure-6 .hoverlayer .hovertext"))
            .ToContainTextAsync("<script>document.title='owned'</script> she said</script>");
        await Assertions.Expect(page.Tab.Locator("#figure-7 .xaxislayer-above").Nth(1)).ToContainTextAsync("<s>");
    }

    [Fact]
    public async Task A_phone_scrolls_down_only_and_gets_the_panels_below_each_other()
    {
        var page = await browser.Report(390, ColorScheme.Dark);

        Assert.Equal(390, await page.Tab.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        var panels = await page.Tab.EvaluateAsync<double[]>(
            "[...document.querySelectorAll('#figure-1 .subplot .gridlayer, #figure-1 .cartesianlayer > g')].map(g => "
                + "g.getBoundingClientRect().left)");
        Assert.True(panels.Max() - panels.Min() < 60, "panels stand side by side");

        // What goes on beyond an edge says so by a shadow that what moves with it covers at the end.
        var hints = await page.Tab.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('.scroll, pre')].filter(e => e.scrollWidth > e.clientWidth + 1)"
                + ".map(e => getComputedStyle(e).backgroundAttachment)");
        Assert.NotEmpty(hints);
        Assert.All(hints, hint => Assert.Equal("local, local, scroll, scroll", hint));
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_text_stands_out_from_its_ground(ColorScheme scheme)
    {
        var page = await browser.Report(scheme: scheme);

        var faint = await page.FaintTexts(
            "h1,h2,h3,p,a,td,th button,figcaption,dt,dd,pre,.label,.value,.note,.mark,.detail,.t,.plot svg text");

        Assert.Equal("", string.Join("\n", faint));
    }

    [Fact]
    public async Task A_change_of_scheme_recolours_the_figures_and_a_click_sorts_a_table()
    {
        await using var page = await browser.Open("report.html");
        var line = page.Tab.Locator("#figure-3 .scatterlayer .js-line").Last;
        await Assertions.Expect(line).ToHaveCSSAsync("stroke", "rgb(0, 114, 178)");

        await page.Tab.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await Assertions.Expect(line).ToHaveCSSAsync("stroke", "rgb(74, 168, 232)");

        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "KL (nats)" }).ClickAsync();
        await Assertions.Expect(page.Tab.Locator("table.sortable tbody tr").First).ToContainTextAsync("β = 1");
    }

    [Fact]
    public async Task On_paper_the_figures_are_light_and_fit_the_sheet()
    {
        await using var page = await browser.Open("report.html", 700, ColorScheme.Dark);
        await page.Tab.EmulateMediaAsync(new() { Media = Media.Print });

        await page.Tab.EvaluateAsync("dispatchEvent(new Event('beforeprint'))");

        await Assertions.Expect(page.Tab.Locator("#figure-3 .main-svg").First).ToHaveAttributeAsync("width", "640");
        await Assertions.Expect(page.Tab.Locator("#figure-3 .js-line").Last).ToHaveCSSAsync("stroke", "rgb(0, 114, 178)");
        Assert.Equal(700, await page.Tab.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    [Fact]
    public async Task A_page_of_one_figure_draws_it()
    {
        await using var page = await browser.Open("one.html", SampleReport.EveryTrace().ToHtml());

        Assert.Equal(9, await (await page.Tab.QuerySelectorAsync(".plot"))!.EvaluateAsync<int>(TracesOf));
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public void A_picture_has_twice_the_pixels_asked_for()
    {
        var path = Path.Combine(browser.Folder, "figure.png");

        SampleReport.Rate().ToPng(path, 500, 300);

        // The PNG header: signature, length, "IHDR", width and height in big-endian order.
        var bytes = File.ReadAllBytes(path);
        Assert.Equal("PNG"u8.ToArray(), bytes[1..4]);
        Assert.Equal((1000, 600), (bytes[18] * 256 + bytes[19], bytes[22] * 256 + bytes[23]));
    }

    [Fact]
    public void A_drawing_holds_its_texts_and_stands_alone()
    {
        var path = Path.Combine(browser.Folder, "figure.svg");

        SampleReport.Rate().ToSvg(path, 500, 300);

        var drawing = System.Xml.Linq.XDocument.Load(path);
        Assert.Equal(("500", "300"), ((string?)drawing.Root!.Attribute("width"), (string?)drawing.Root.Attribute("height")));
        Assert.Contains("rate: KL (nats per sentence)", drawing.Root.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"http", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_browser_that_is_not_there_is_named()
    {
        var before = Environment.GetEnvironmentVariable("TEXTVAE_CHROMIUM");
        try
        {
            Environment.SetEnvironmentVariable("TEXTVAE_CHROMIUM", "/nowhere/chromium");
            Assert.Contains("/nowhere/chromium", Assert.Throws<UserException>(() => new ChromiumSession("").Evaluate("''"))
                .Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("TEXTVAE_CHROMIUM", before);
        }
    }
}
