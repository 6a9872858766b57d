using Research.TextVae.Diagnostics;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Generation;

public sealed class TextDecoderTests
{
    private const int Words = 12;

    /// <summary>A sentence depends on its code, its place and the seed, not on what is decoded beside it.</summary>
    [Fact]
    public void A_sentence_does_not_depend_on_the_batch()
    {
        using var model = Model();
        var z = Noise.Normal(1, 6, model.Latent);
        var sample = DecodingOptions.Sample(new Temperature(1.2), new TopP(0.95)) with { MaxTokens = 15 };

        var together = TextDecoder.Decode(model, z, sample, seed: 3);
        var fewer = TextDecoder.Decode(model, z[..2], sample, seed: 3);

        Assert.Equal(together[0], fewer[0]);
        Assert.Equal(together[1], fewer[1]);
        Assert.NotEqual(together, TextDecoder.Decode(model, z, sample, seed: 4));
    }

    [Fact]
    public void Special_tokens_are_never_written_and_length_is_bounded()
    {
        using var model = Model();

        foreach (var options in new[] { DecodingOptions.Greedy, DecodingOptions.Sample() })
        {
            var written = TextDecoder.Decode(model, Noise.Normal(2, 50, model.Latent), options with { MaxTokens = 9 });
            Assert.All(written, sentence => Assert.True(sentence.Length <= 9));
            Assert.All(written.SelectMany(sentence => sentence), id => Assert.InRange(id, Vocabulary.UnkId + 1, Words - 1));
        }
    }

    public static TheoryData<LogitsFilter[]> Filters { get; } =
    [
        [],
        [new Temperature(0.8), new TopK(40), new TopP(0.9)],
        [new TopP(0.7)],
        [new TopK(3)],
        [new Temperature(1.4), new MinP(0.02)],
    ];

    /// <summary>The native draw and the one composed of tensor operators take the same tokens, and a text does not depend on the batch.</summary>
    [Theory]
    [MemberData(nameof(Filters))]
    public void Fused_and_composed_draws_are_the_same(LogitsFilter[] filters)
    {
        manual_seed(22);
        using var model = new RecurrentLmConfig { Embedding = 24, Hidden = 40, Layers = 2, TieOutput = true }.Build(3000);
        using (no_grad())
            model.parameters().Last().normal_(0, 2);

        var fused = TextDecoder.Decode(model, 33, DecodingOptions.Sample(filters), seed: 5);
        var composed = TextDecoder.Decode(model, 33, DecodingOptions.Sample([.. filters, new Unchanged()]), seed: 5);
        var fewer = TextDecoder.Decode(model, 2, DecodingOptions.Sample(filters), seed: 5);

        Assert.Equal(composed, fused);
        Assert.Equal(fused.Take(2), fewer);
    }

    /// <summary>First tokens drawn many times follow the model's own distribution.</summary>
    [Fact]
    public void Draws_follow_the_distribution()
    {
        const int draws = 4000;
        using var model = Model();
        using var _ = no_grad();
        var z = Noise.Normal(4, 1, model.Latent).expand(draws, -1);
        var first = TextDecoder.Decode(model, z, DecodingOptions.Sample() with { MaxTokens = 1, AllowUnknown = true })
            .Select(sentence => sentence.Length == 0 ? Vocabulary.EosId : sentence[0]).ToArray();

        var (logits, _) = model.DecodeStep(torch.tensor(new long[] { Vocabulary.BosId }), model.StartDecoding(z[..1]));
        logits.narrow(1, 0, Vocabulary.EosId).fill_(float.NegativeInfinity); // <pad> and <s> cannot be written
        var probabilities = logits.softmax(1).data<float>().ToArray();
        for (var id = 0; id < Words; id++)
        {
            var share = first.Count(token => token == id) / (double)draws;
            var deviation = Math.Sqrt(probabilities[id] * (1 - probabilities[id]) / draws);
            Assert.InRange(share, probabilities[id] - 4.5 * deviation - 1e-9, probabilities[id] + 4.5 * deviation + 1e-9);
        }
    }

    private static LstmVae Model()
    {
        manual_seed(21);
        var model = new LstmVaeConfig { Embedding = 8, Hidden = 12, Latent = 3 }.Build(Words);
        using var _ = no_grad();
        foreach (var weight in model.parameters())
            weight.mul_(2.5);
        return model;
    }

    /// <summary>A filter that the native draw does not know.</summary>
    private sealed record Unchanged : LogitsFilter
    {
        public override Tensor Apply(Tensor logits) => logits;
    }
}
