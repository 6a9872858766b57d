using Research.TextVae.Evaluation;
using Research.TextVae.Experiments;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using static Microsoft.Playwright.Assertions;

namespace Research.TextVae.Explorer.Tests;

/// <summary>The page of a language model, and the attention of a VAE, in a real browser.</summary>
[Collection(TrainedModels.Name)]
public sealed class LanguagePageTests(TrainedModels models)
{
    [Fact]
    public async Task The_next_token_is_expected_as_one_types()
    {
        using var run = TrainedRun.Open(models.Run, "Transformer");
        using var shown = TrainedRun.Open(models.Run, "Transformer");
        await using var server = await ExploreServer.Start(shown, null);
        await using var page = await models.Open(server.Address);
        var text = page.Tab.GetByLabel("The beginning of a text");

        await text.FillAsync("the old man paints");

        int[] ids = [.. run.Tokenizer.EncodeToIds("the old man paints")];
        var expected = TokenPredictions.Of(Prompt.From(run.LanguageModel, [ids]), 24);
        await Expect(page.Tab.Locator(".tokens .token")).ToHaveTextAsync(["the", "old", "man", "paints"]);
        await Expect(page.Tab.Locator(".next .number")).ToHaveTextAsync(
            [.. expected.Next.Select(next => $"{100 * next.Probability:F1} %")]);
        var nats = -expected.Given.Sum(Math.Log);
        await Expect(page.Tab.Locator("section .hint").First).ToContainTextAsync(
            $"−log p = {nats:F1} nats, perplexity {Math.Exp(nats / 4):F1} per token.");

        // A token that is chosen is written.
        var next = page.Tab.Locator(".next button:enabled").First;
        var word = await next.Locator("span").First.TextContentAsync();
        await next.ClickAsync();
        await Expect(text).ToHaveValueAsync($"the old man paints {word}");
        await Expect(page.Tab.Locator(".tokens .token")).ToHaveTextAsync(["the", "old", "man", "paints", word!]);

        // The attention of the second layer's first head; the grid has a line of heads above and a column of tokens.
        await page.Tab.GetByLabel("Layer").SelectOptionAsync("1");
        await page.Tab.GetByLabel("Head", new() { Exact = true }).SelectOptionAsync("0");
        var attention = TextAttention.Evaluate((TransformerLm)run.Model, [.. run.Tokenizer.EncodeToIds($"the old man paints {word}")]);
        var cells = await page.Tab.Locator(".attention i").EvaluateAllAsync<double[]>(
            "cells => cells.map(cell => Number(cell.style.getPropertyValue('--w')))");
        double[] weights = [.. attention.Weights[1][0].SelectMany(row => row)];
        Assert.Equal(weights.Select(weight => Math.Round(weight, 4)), cells);

        await page.Tab.GetByLabel("Beginning", new() { Exact = false }).Last.FillAsync("she likes");
        var options = GenerationOptions.Sample(new Temperature(0.8), new TopP(0.9)) with { MaxTokens = run.LongestSentence };
        await Expect(page.Tab.Locator(".sampled li p")).ToHaveTextAsync([.. run.Continue("she likes", 8, options, seed: 1)]);

        await page.Tab.SetViewportSizeAsync(390, 844);
        Assert.Equal(390, await page.Tab.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Equal("", string.Join('\n', await page.FaintTexts("h1,h2,p,label,span,button,b")));
        Assert.Empty(page.Complaints);
        Assert.All(page.Requests, url => Assert.StartsWith(server.Address.AbsoluteUri, url, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_decoder_of_a_Transformer_VAE_shows_how_far_it_looks_at_the_code()
    {
        using var run = TrainedRun.Open(models.Run, "Transformer VAE");
        await using var server = await ExploreServer.Start(run, run.TestSentences());
        await using var page = await models.Open(server.Address);

        await page.Tab.Locator("#panel-sentence textarea").FillAsync("she likes music at night .");

        await Expect(page.Tab.Locator(".attention .query")).ToHaveTextAsync(["<s>", "she", "likes", "music", "at", "night", "."]);
        await Expect(page.Tab.Locator(".attention .key")).ToHaveTextAsync(["z", "<s>", "she", "likes", "music", "at", "night", "."]);
        Assert.Empty(page.Complaints);
    }
}
