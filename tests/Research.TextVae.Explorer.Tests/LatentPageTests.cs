using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Research.TextVae.Experiments;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Tests.Charts;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Research.TextVae.Explorer.Tests;

/// <summary>The page of a VAE in a real browser; what it shows is what the library computes.</summary>
[Collection(TrainedModels.Name)]
public sealed class LatentPageTests(TrainedModels models, ITestOutputHelper output) : IAsyncLifetime
{
    // Of the page, whose thread has its model for itself, and to compare with.
    private TrainedRun _shown = null!;
    private TrainedRun _run = null!;
    private LatentMap _map = null!;
    private ExploreServer _server = null!;
    private BrowserPage _page = null!;

    private IPage Tab => _page.Tab;

    public async Task InitializeAsync()
    {
        _run = TrainedRun.Open(models.Run, "VAE");
        _map = LatentMap.Of(_run, _run.TestSentences());
        _shown = TrainedRun.Open(models.Run, "VAE");
        _server = await ExploreServer.Start(_shown, _run.TestSentences());
        _page = await Opened();
    }

    public async Task DisposeAsync()
    {
        Assert.Empty(_page.Complaints);
        Assert.NotEmpty(_page.Requests);
        Assert.All(_page.Requests, url => Assert.StartsWith(_server.Address.AbsoluteUri, url, StringComparison.Ordinal));
        await _page.DisposeAsync();
        await _server.DisposeAsync();
        _map.Dispose();
        _run.Dispose();
        _shown.Dispose();
    }

    [Fact]
    public async Task The_pointer_shows_a_sentence_and_its_reconstruction_and_a_click_chooses_it()
    {
        await Expect(Tab.Locator(".dots circle")).ToHaveCountAsync(_map.Sentences.Count);
        const int i = 5;

        await Dot(i).HoverAsync(new() { Force = true });
        var text = Shown(await Hovered());
        Assert.Contains(text, _map.Sentences.Texts);
        await Expect(Tab.Locator(".tip .read")).ToHaveTextAsync(_run.Decode(_run.Encode(text))[0]);

        await Dot(i).ClickAsync(new() { Force = true });
        await Expect(Sentence).ToHaveValueAsync(text);
    }

    [Fact]
    public async Task A_typed_sentence_has_its_posterior_and_its_neighbours()
    {
        const string typed = "she paints the zebra at night .";
        await Sentence.FillAsync(typed);

        var posterior = _run.Posterior(typed);
        await Expect(Tab.Locator("#panel-sentence .token")).ToHaveTextAsync(["she", "paints", "the", "<unk>", "at", "night", "."]);
        await Expect(Tab.Locator("#panel-sentence .unknown")).ToHaveTextAsync("<unk>");
        await Expect(Tab.Locator("#panel-sentence .quotation")).ToHaveTextAsync(_run.Decode(_run.Encode(typed))[0]);
        await Expect(Tab.Locator(".terms dd").Nth(2)).ToHaveTextAsync($"{posterior.Kl.Sum():F1}");
        await Expect(Tab.Locator(".terms dd").First).ToHaveTextAsync($"{posterior.Reconstruction + posterior.Kl.Sum():F1}");
        using var code = _run.Encode(typed);
        await Expect(Tab.Locator(".neighbours button")).ToHaveTextAsync(
            [.. _map.Nearest(code[0], 6).Select(near => _map.Sentences.Source(near.Index).Text)]);

        // Bars in the order of the mean KL, and the numbers of one of them by the keyboard.
        var order = _map.KlPerDimension.Select((kl, d) => (kl, d)).OrderByDescending(entry => entry.kl).Select(entry => entry.d).ToArray();
        var dimensions = await Tab.Locator(".dimension").EvaluateAllAsync<int[]>("all => all.map(one => Number(one.dataset.dimension))");
        Assert.Equal(order, dimensions);
        await Tab.Locator("svg.posterior").FocusAsync();
        await Tab.Keyboard.PressAsync("ArrowRight");
        await Tab.Keyboard.PressAsync("ArrowRight");
        var second = order[1];
        await Expect(Tab.Locator("#panel-sentence .readout")).ToHaveTextAsync(
            $"Dimension {second + 1}: mean {Number(posterior.Mean[second])}, standard deviation "
                + $"{Number(posterior.StandardDeviation[second])}, KL {Number(posterior.Kl[second])} nats "
                + $"({Number(_map.KlPerDimension[second])} on average)");

        await Sentence.FillAsync(" ");
        await Expect(Tab.Locator("#panel-sentence .mistake")).ToHaveTextAsync("There is no sentence; write at least one word.");
        await Tab.Locator(".neighbours button").First.ClickAsync();
        await Expect(Tab.Locator("#panel-sentence .mistake")).ToBeHiddenAsync();
        ForgetRefusals();
    }

    [Fact]
    public async Task A_drag_from_one_sentence_to_another_reads_the_path()
    {
        var far = FarApart();
        await Dot(far.From).HoverAsync(new() { Force = true });
        var from = Shown(await Hovered());
        await Tab.Mouse.DownAsync();
        await Dot(far.To).HoverAsync(new() { Force = true });
        var to = Shown(await Hovered());
        await Tab.Mouse.UpAsync();

        await Expect(Tab.Locator("#tab-path")).ToHaveAttributeAsync("aria-selected", "true");
        await Expect(Tab.Locator("#panel-path .strip p")).ToHaveTextAsync([.. _run.Interpolate(from, to, steps: 8)]);
        await Expect(Tab.Locator(".map .way")).ToHaveCountAsync(1);
        await Expect(Tab.Locator(".map .code")).ToHaveCountAsync(8);

        await Tab.GetByRole(AriaRole.Button, new() { Name = "Great circle" }).ClickAsync();
        using var ends = _run.Encode(from, to);
        await Expect(Tab.Locator("#panel-path .strip p")).ToHaveTextAsync(
            [.. _run.Decode(Latent.InterpolateSpherically(ends[0], ends[1], 8))]);
    }

    [Fact]
    public async Task A_slider_moves_the_code_along_a_dimension()
    {
        await Sentence.FillAsync("the cat sees him at night .");
        await Tab.Locator("#tab-dimensions").ClickAsync();
        var first = _map.KlPerDimension.Select((kl, d) => (kl, d)).MaxBy(entry => entry.kl).d;
        var slider = Tab.Locator(".sliders input").First;
        await Expect(Tab.Locator(".sliders label").First).ToContainTextAsync($"z{first + 1}");

        await slider.FocusAsync();
        await Tab.Keyboard.PressAsync("Home");

        using var code = _run.Encode("the cat sees him at night .");
        code[0, first] = float.Parse(await slider.InputValueAsync());
        await Expect(Tab.Locator("#panel-dimensions .quotation")).ToHaveTextAsync(_run.Decode(code)[0]);
        await Expect(Tab.Locator(".map .code")).ToHaveCountAsync(1);

        await Tab.GetByRole(AriaRole.Button, new() { Name = "Back to the sentence" }).ClickAsync();
        await Expect(Tab.Locator("#panel-dimensions .quotation")).ToHaveTextAsync(
            _run.Decode(_run.Encode("the cat sees him at night ."))[0]);
    }

    [Fact]
    public async Task Samples_follow_from_temperature_top_p_and_seed()
    {
        await Tab.Locator("#tab-samples").ClickAsync();
        await Samples(GenerationOptions.Sample(new Temperature(0.8), new TopP(0.9)), 1);

        await Tab.Locator("#panel-samples input[type=range]").First.FillAsync("1.5");
        await Samples(GenerationOptions.Sample(new Temperature(1.5), new TopP(0.9)), 1);
        await Tab.Locator("#panel-samples input[type=range]").Nth(1).FillAsync("1");
        await Samples(GenerationOptions.Sample(new Temperature(1.5)), 1);
        await Tab.GetByRole(AriaRole.Button, new() { Name = "Draw others" }).ClickAsync();
        await Samples(GenerationOptions.Sample(new Temperature(1.5)), 2);
        await Expect(Tab.Locator(".map .code")).ToHaveCountAsync(8);

        Task Samples(GenerationOptions options, ulong seed) => Expect(Tab.Locator("#panel-samples li p")).ToHaveTextAsync(
            [.. _run.Sample(8, options with { MaxTokens = _run.LongestSentence }, seed)]);
    }

    [Fact]
    public async Task An_attribute_is_added_and_subtracted()
    {
        await Sentence.FillAsync("the cat sees him at night .");
        await Tab.Locator("#tab-attributes").ClickAsync();

        var (with, without) = (_map.Find("?"), _map.Find("."));
        using var z = _run.Encode("the cat sees him at night .");
        string[] expected = [.. _run.Decode(Latent.Traverse(z[0], _map.Direction(with, without), -2, 2, 7))];
        await Expect(Tab.Locator("#panel-attributes .strip p")).ToHaveTextAsync(expected);
        await Expect(Tab.Locator(".dots .from")).ToHaveCountAsync(with.Count);
        await Expect(Tab.Locator(".dots .to")).ToHaveCountAsync(without.Count);
        await Expect(Tab.Locator("#panel-attributes .t")).ToHaveTextAsync(["−2.0", "−1.3", "−0.7", "0.0", "+0.7", "+1.3", "+2.0"]);

        await Tab.Locator("#panel-attributes .pair input").First.FillAsync("zebra");
        await Expect(Tab.Locator("#panel-attributes .mistake")).ToHaveTextAsync(
            "No sentence of the map has 'zebra'; write another word or mark.");
        ForgetRefusals();
    }

    [Fact]
    public async Task The_map_is_coloured_projected_and_walked_by_the_keyboard()
    {
        await Tab.GetByLabel("Colour").SelectOptionAsync("loss");
        var most = _map.Elbo.Negative.Select((value, i) => (value, i)).MaxBy(entry => entry.value).i;
        await Expect(Dot(most)).ToHaveClassAsync(new Regex("q6"));

        await Tab.Locator("svg.map").FocusAsync();
        await Tab.Keyboard.PressAsync("ArrowDown");
        var first = Shown(await Hovered());
        await Tab.Keyboard.PressAsync("Enter");
        await Expect(Sentence).ToHaveValueAsync(first);
        await Tab.Keyboard.PressAsync("ArrowDown");
        var second = Shown(await Hovered());
        Assert.NotEqual(first, second);
        await Tab.Keyboard.PressAsync("Shift+Enter");
        await Expect(Tab.Locator("#panel-path .strip p")).ToHaveTextAsync([.. _run.Interpolate(first, second, steps: 8)]);

        var before = await Dot(0).GetAttributeAsync("cx");
        await Tab.GetByRole(AriaRole.Button, new() { Name = "t-SNE" }).ClickAsync();
        await Expect(Tab.Locator("#projection")).ToHaveTextAsync("t-SNE: neighbours count, distances do not", new() { Timeout = 60_000 });
        Assert.NotEqual(before, await Dot(0).GetAttributeAsync("cx"));
        await Expect(Tab.Locator(".map .way")).ToHaveCountAsync(0);

        await Tab.Locator("#tab-path").FocusAsync();
        await Tab.Keyboard.PressAsync("ArrowRight");
        await Expect(Tab.Locator("#panel-dimensions")).ToBeVisibleAsync();
        await Expect(Tab.Locator("#tab-dimensions")).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task A_phone_scrolls_down_only_and_every_text_stands_out(ColorScheme scheme)
    {
        await using var phone = await Opened(390, scheme, touches: true);
        foreach (var name in new[] { "sentence", "path", "dimensions", "samples", "attributes" })
        {
            await phone.Tab.Locator($"#tab-{name}").TapAsync();
            await Expect(phone.Tab.Locator($"#panel-{name}")).ToBeVisibleAsync();
            Assert.Equal(390, await phone.Tab.EvaluateAsync<int>("document.documentElement.scrollWidth"));
            Assert.Equal("", string.Join('\n', await phone.FaintTexts("h1,h3,p,label,button,span,dt,dd,output,option,svg text")));
        }

        await phone.Tab.Locator("#tab-sentence").TapAsync();
        await phone.Tab.Locator("[data-i='3']").TapAsync(new() { Force = true });
        await Expect(phone.Tab.Locator(".tip .text")).ToBeVisibleAsync();
        await Expect(phone.Tab.Locator("#panel-sentence textarea")).ToHaveValueAsync(
            await phone.Tab.Locator(".tip .text").TextContentAsync() ?? "");
        Assert.Empty(phone.Complaints);
    }

    /// <summary>Fifty questions to a model of the size that recipes/vae-beta-sweep.csx trains; figures to read, since a test does not
    /// depend on the speed of a machine.</summary>
    [Fact]
    public async Task Fifty_interactions_with_a_model_of_the_sweeps_size()
    {
        using var large = TrainedRun.Open(models.Run, "sweep size");
        var sentences = large.TestSentences(models.ManyWords);
        await using var explorer = await ExploreServer.Start(large, sentences);
        await using var opened = await models.Open(explorer.Address);
        var tab = opened.Tab;
        await tab.WaitForSelectorAsync("main[data-ready]");
        foreach (var name in new[] { "path", "samples", "attributes", "dimensions", "sentence" })
            await tab.Locator($"#tab-{name}").ClickAsync();
        await tab.Locator("#panel-attributes .pair input").First.EvaluateAsync(
            "(input, word) => input.value = word", sentences.Source(0).Text.Split(' ')[0]);
        await tab.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await tab.EvaluateAsync("performance.clearMeasures()");

        var typed = tab.Locator("#panel-sentence textarea");
        for (var i = 0; i < 10; i++)
            await Measured("sentence", () => typed.FillAsync(sentences.Source(i).Text));
        await tab.Locator("#tab-path").ClickAsync();
        for (var i = 0; i < 10; i++)
            await Measured("path", () => tab.Locator("#panel-path input").Nth(1).FillAsync(sentences.Source(20 + i).Text));
        await tab.Locator("#tab-dimensions").ClickAsync();
        for (var i = 0; i < 10; i++)
            await Measured("decode", () => tab.Locator(".sliders input").Nth(i % 8).FillAsync($"{i * 0.25 - 1:0.##}"));
        await tab.Locator("#tab-samples").ClickAsync();
        for (var i = 0; i < 10; i++)
            await Measured("samples", () => tab.Locator("#panel-samples .act").ClickAsync());
        await tab.Locator("#tab-attributes").ClickAsync();
        for (var i = 0; i < 10; i++)
            await Measured("attribute", () => tab.Locator("#panel-attributes input[type=range]").FillAsync($"{0.5 + i * 0.5:0.#}"));

        var times = await tab.EvaluateAsync<string[]>("""
            () => {
              const all = performance.getEntriesByType("measure");
              return [...new Set(all.map(one => one.name))].map(name => {
                const own = all.filter(one => one.name === name).map(one => one.duration).sort((a, b) => a - b);
                return `${name}: ${own.length} times, median ${own[own.length >> 1].toFixed(0)} ms, slowest ${own.at(-1).toFixed(0)} ms`;
              });
            }
            """);
        Assert.Equal(5, times.Length);
        Array.ForEach(times, output.WriteLine);

        async Task Measured(string name, Func<Task> act)
        {
            var count = $"performance.getEntriesByName('{name}').length";
            var before = await tab.EvaluateAsync<int>(count);
            await act();
            for (var tries = 0; await tab.EvaluateAsync<int>(count) == before; tries++)
            {
                Assert.True(tries < 2000, await tab.Locator(".panel:not([hidden]) .mistake").TextContentAsync());
                await Task.Delay(5);
            }
        }
    }

    private async Task<BrowserPage> Opened(int width = 1280, ColorScheme scheme = ColorScheme.Light, bool touches = false)
    {
        var opened = await models.Open(_server.Address, width, scheme, touches);
        await opened.Tab.WaitForSelectorAsync("main[data-ready]");
        return opened;
    }

    // The browser notes every mistake that the server refused.
    private void ForgetRefusals() => Assert.NotEqual(0, _page.Complaints.RemoveAll(text => text.Contains("400 (Bad Request)")));

    private ILocator Sentence => Tab.Locator("#panel-sentence textarea");

    private ILocator Dot(int i) => Tab.Locator($"[data-i='{i}']");

    // The sentence under the pointer: of several in one place the page chooses.
    private Task<string?> Hovered() => Tab.Locator(".tip .text").TextContentAsync();

    private static string Shown(string? text) => text ?? "";

    private (int From, int To) FarApart()
    {
        using var places = _map.Project(_map.Means);
        var x = places.data<float>().ToArray().Chunk(2).Select(place => place[0]).ToList();
        return (x.IndexOf(x.Min()), x.IndexOf(x.Max()));
    }

    private static string Number(double value) => $"{value:F2}".Replace('-', '−');
}
