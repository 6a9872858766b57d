using Microsoft.Playwright;
using Research.TextVae.Charts;

namespace Research.TextVae.Tests.Charts;

/// <summary>Single figures in a real browser, offline: animations, outputs of notebooks, and Plotly's own opinion of every kind.</summary>
public sealed class BrowserFigureTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private const string FirstPoint = "plot => plot.querySelector('.points path.point').getBoundingClientRect().x";

    [Fact]
    public async Task An_animation_rests_at_its_last_frame_and_plays_all()
    {
        await using var page = await browser.Open("animation.html", SampleReport.Animation().ToHtml());
        var plot = (await page.Tab.QuerySelectorAsync(".plot"))!;
        var label = page.Tab.Locator(".slider-group > text");
        var atRest = await plot.EvaluateAsync<double>(FirstPoint);
        await Assertions.Expect(label).ToHaveTextAsync("epoch 4");

        // The slider's left end is the first frame.
        var rail = (await page.Tab.Locator(".slider-rail-touch-rect").BoundingBoxAsync())!;
        await page.Tab.Mouse.ClickAsync(rail.X + 2, rail.Y + rail.Height / 2);
        await Assertions.Expect(label).ToHaveTextAsync("epoch 0");
        await page.Tab.WaitForFunctionAsync("x => document.querySelector('.points path.point').getBoundingClientRect().x > x + 50", atRest);

        await page.Tab.EvaluateAsync(
            "() => { window.seen = []; document.querySelector('.plot').on('plotly_animatingframe', frame => seen.push(frame.name)); }");
        await page.Tab.Locator(".updatemenu-button").First.ClickAsync();
        await page.Tab.WaitForFunctionAsync("() => seen.length === 5");
        await Assertions.Expect(label).ToHaveTextAsync("epoch 4");

        Assert.Equal(["0", "1", "2", "3", "4"], await page.Tab.EvaluateAsync<string[]>("seen"));
        await page.Tab.WaitForFunctionAsync(
            "x => Math.abs(document.querySelector('.points path.point').getBoundingClientRect().x - x) < 1", atRest);
        Assert.Empty(page.Complaints);
        Assert.All(page.Requests, url => Assert.Matches("^(file|data|blob):", url));
    }

    [Fact]
    public async Task Outputs_of_a_notebook_share_one_library_in_any_order_and_show_the_picture_until_then()
    {
        var waiting = LiveFigure.Of(SampleReport.Rate(), "AQID", bringsLibrary: false);
        var bringing = LiveFigure.Of(SampleReport.Animation(), "AQID", bringsLibrary: true);
        await using var page = await browser.Open(
            "live.html", $"<!DOCTYPE html><meta charset=\"utf-8\"><body>{waiting}<hr>{bringing}", ready: "hr ~ div .slider-group");

        await Assertions.Expect(page.Tab.Locator("div > .plot-container .gtitle")).ToHaveCountAsync(2);

        Assert.Empty(page.Complaints);
        Assert.All(page.Requests, url => Assert.Matches("^(file|data|blob):", url));
        Assert.True(waiting.Length < 100_000 && bringing.Length < 900_000, $"{waiting.Length} and {bringing.Length} characters");
    }

    /// <summary>plotly.js carries the schema that is published as plot-schema.json; figures are checked against it attribute by
    /// attribute.</summary>
    [Fact]
    public async Task Every_kind_of_figure_validates_against_Plotlys_schema()
    {
        await using var page = await browser.Open("schema.html", SampleReport.Rate().ToHtml());
        await page.Tab.EvaluateAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Charts", "schema.js")));
        Task<string> Mistakes(string json) => page.Tab.EvaluateAsync<string>("json => mistakesOf(JSON.parse(json)).join('\\n')", json);
        Figure[] figures =
        [
            SampleReport.EveryTrace(), SampleReport.Training(), SampleReport.Rate(), SampleReport.KlHeatmap(), SampleReport.Means(),
            SampleReport.Animation(),
            SampleReport.EveryTrace().ShareX().ShareY().Ordered(),
        ];

        List<string> mistakes = [];
        foreach (var figure in figures)
            mistakes.AddRange([await Mistakes(figure.ToJson()), await Mistakes(figure.ToJson(Theme.Dark))]);

        Assert.Equal("", string.Join('\n', mistakes.Where(found => found.Length > 0)));
        Task<string> Wrong(string from, string to) =>
            Mistakes(SampleReport.Animation().ToJson().Replace(from, to, StringComparison.Ordinal));
        Assert.StartsWith("data[0].marker.sizes: not in the schema", await Wrong("\"size\":7", "\"sizes\":7"), StringComparison.Ordinal);
        Assert.StartsWith(
            "data[0].marker.opacity: 7.5 is no number", await Wrong("\"opacity\":0.75", "\"opacity\":7.5"), StringComparison.Ordinal);
        Assert.Equal("layout.hovermode: \"nearest\" is no enumerated", await Wrong("\"closest\"", "\"nearest\""));
        Assert.Equal("config.displayLogo: not in the schema", await Wrong("\"displaylogo\"", "\"displayLogo\""));
        Assert.StartsWith("layout.sliders[0].steps[0].args[1].mode: \"at once\" is no enumerated",
            await Wrong("\"immediate\"", "\"at once\""), StringComparison.Ordinal);
    }
}
