using Research.TextVae.Generation;
using Research.TextVae.Kernels;
using Research.TextVae.Models;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Generation;

public sealed class TextDecoderTests
{
    private const int Words = 12;

    public static TheoryData<string> Families => Writer.Families;

    /// <summary>A text depends on what it starts from, its place and the seed, not on what is written beside it or together with
    /// it.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void A_text_does_not_depend_on_the_batch(string family)
    {
        using var writer = Writer.Of(family, vocabulary: 30);
        var sample = GenerationOptions.Sample(new RepetitionPenalty(1.1), new NoRepeatNGram(3), new Temperature(1.2), new TopP(0.95)) with
        {
            MaxTokens = 40,
        };

        var together = TextGenerator.Generate(writer.Start(Writer.Texts), sample, seed: 3);

        Assert.Equal(together, TextGenerator.Generate(writer.Start(Writer.Texts), sample with { BatchSize = 1 }, seed: 3));
        Assert.Equal(together, TextGenerator.Generate(writer.Start(Writer.Texts), sample with { BatchSize = 3 }, seed: 3));
        Assert.Equal(together.Take(2), TextGenerator.Generate(writer.Start(2), sample, seed: 3));
        Assert.NotEqual(together, TextGenerator.Generate(writer.Start(Writer.Texts), sample, seed: 4));
        // Texts that end early have left the run by then.
        Assert.True(together.Min(text => text.Length) * 2 < together.Max(text => text.Length));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Tokens_are_told_as_they_are_written(string family)
    {
        using var writer = Writer.Of(family, vocabulary: 30);
        var told = new List<GeneratedToken>();

        var written =
            TextGenerator.Generate(writer.Start(Writer.Texts), GenerationOptions.Sample() with { MaxTokens = 30 }, seed: 3, told.Add);

        for (var text = 0; text < Writer.Texts; text++)
            Assert.Equal(written[text], told.Where(token => token.Text == text).Select(token => token.Token));
        // Side by side: no text is told of further on than the others.
        var positions = told.Select((token, i) => told.Take(i).Count(earlier => earlier.Text == token.Text)).ToArray();
        Assert.Equal(positions.Order(), positions);
    }

    [Fact]
    public void Filters_that_look_back_hold_for_whole_texts_greedy_or_drawn()
    {
        using var model = Model();
        LogitsProcessor[] filters = [new NoRepeatNGram(2), new BadWords([[5], [6, 7]]), new MinTokens(12)];
        foreach (var options in new[] { GenerationOptions.Greedy with
        {
            Processors = filters,
        }, GenerationOptions.Sample([.. filters, new TopK(4)]) })
        {
            var written = TextGenerator.Generate(model, 40, options with { MaxTokens = 25 }, seed: 2);
            foreach (var text in written)
            {
                var pairs = text.Zip(text.Skip(1)).ToArray();
                Assert.Equal(pairs.Length, pairs.Distinct().Count());
                Assert.DoesNotContain(5, text);
                Assert.DoesNotContain((6, 7), pairs);
                Assert.InRange(text.Length, 12, 25);
            }
        }
    }

    /// <summary>Every word once, no end before fifty.</summary>
    [Fact]
    public void A_text_ends_where_nothing_is_left_to_write()
    {
        using var model = Model();
        var options = GenerationOptions.Greedy with { Processors = [new NoRepeatNGram(1), new MinTokens(50)], MaxTokens = 40 };

        Assert.All(TextGenerator.Generate(model, 3, options), text => Assert.Equal(Enumerable.Range(4, Words - 4), text.Order()));
    }

    [Fact]
    public void Special_tokens_are_never_written_and_length_is_bounded()
    {
        using var model = Model();

        foreach (var options in new[] { GenerationOptions.Greedy, GenerationOptions.Sample() })
        {
            var written = TextGenerator.Generate(model, StandardNormal.Sample(50, model.LatentSize, 2), options with { MaxTokens = 9 });
            Assert.All(written, sentence => Assert.True(sentence.Length <= 9));
            Assert.All(written.SelectMany(sentence => sentence), id => Assert.InRange(id, Vocabulary.UnkId + 1, Words - 1));
        }
    }

    public static TheoryData<LogitsProcessor[]> Filters { get; } =
    [
        [],
        [new Temperature(0.8), new TopK(40), new TopP(0.9)],
        [new TopP(0.7)],
        [new TopK(3)],
        [new Temperature(1.4), new MinP(0.02)],
        [new Typical(0.7), new Temperature(0.9)],
    ];

    /// <summary>
    /// A draw with filters fused into it takes the tokens that all filters one by one and a plain draw take. The kernel adds probabilities
    /// up in float32 within blocks, so that a number on the border between two tokens may take either.
    /// </summary>
    [Theory]
    [MemberData(nameof(Filters))]
    public void Fusing_filters_into_the_draw_changes_no_token(LogitsProcessor[] filters)
    {
        const int rows = 500, vocabulary = 3000;
        const double border = 2e-7;
        manual_seed(22);
        using var scope = NewDisposeScope();
        var (logits, uniforms) = (randn(rows, vocabulary) * 2, rand(rows, dtype: ScalarType.Float64));
        var greedy = GenerationOptions.Greedy with { Processors = filters };
        foreach (var options in new[] { GenerationOptions.Sample(filters) with { AllowUnknown = true }, greedy })
        {
            var (choice, plain) = (new TokenSampler(options, vocabulary), new TokenSampling(options.MostLikely ? 0 : 1));
            var never = torch.tensor(options.Never(vocabulary));
            var allowed = filters.Aggregate(logits + never, (left, filter) => filter.Apply(left, []));
            long[] Plain(Tensor numbers) => plain.Reference(allowed, never, numbers).data<long>().ToArray();
            long[] Fused() => choice.Next(logits, () => [], uniforms.data<double>().ToArray());

            using (KernelLibrary.Disable())
                Assert.Equal(Plain(uniforms), Fused());
            var (least, most, fused) = (Plain(uniforms - border), Plain(uniforms + border), Fused());
            Assert.All(Enumerable.Range(0, rows), row => Assert.InRange(fused[row], least[row], most[row]));
        }
    }

    /// <summary>Only what the draw does in this order is left to it.</summary>
    [Fact]
    public void The_last_filters_are_fused_as_far_as_their_order_allows()
    {
        static (int, TokenSampling) Fused(params LogitsProcessor[] filters) => TokenSampler.Fuse(GenerationOptions.Sample(filters));
        Assert.Equal((1, new TokenSampling(Temperature: 0.5, TopP: 0.9)), Fused(new MinTokens(2), new Temperature(0.5), new TopP(0.9)));
        Assert.Equal((1, new TokenSampling(TopK: 5)), Fused(new TopP(0.9), new TopK(5)));
        Assert.Equal((2, new TokenSampling()), Fused(new TopK(5), new Typical(0.9)));
        var greedy = GenerationOptions.Greedy with { Processors = [new RepetitionPenalty(1.2), new TopK(5)] };
        Assert.Equal((1, new TokenSampling(Temperature: 0)), TokenSampler.Fuse(greedy));
    }

    /// <summary>First tokens drawn many times follow the model's own distribution.</summary>
    [Fact]
    public void Draws_follow_the_distribution()
    {
        const int draws = 4000;
        using var model = Model();
        using var _ = no_grad();
        var z = StandardNormal.Sample(1, model.LatentSize, 4).expand(draws, -1);
        var first = TextGenerator.Generate(model, z, GenerationOptions.Sample() with { MaxTokens = 1, AllowUnknown = true })
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
        var model = new LstmVaeConfig { EmbeddingSize = 8, HiddenSize = 12, LatentSize = 3 }.Build(Words);
        using var _ = no_grad();
        foreach (var weight in model.parameters())
            weight.mul_(2.5);
        return model;
    }
}
