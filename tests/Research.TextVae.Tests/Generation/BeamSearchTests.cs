using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Generation;

public sealed class BeamSearchTests
{
    private const int MaxTokens = 4;

    public static TheoryData<string> Families => Writer.Families;

    [Theory]
    [MemberData(nameof(Families))]
    public void Of_width_one_is_greedy(string family)
    {
        using var writer = Writer.Of(family, vocabulary: 30);
        var options = GenerationOptions.Greedy with { MaxTokens = 20 };

        var beams = BeamSearch.Decode(writer.Start(Writer.Texts), new BeamOptions { Width = 1 }, options);

        Assert.Equal(TextGenerator.Generate(writer.Start(Writer.Texts), options), beams.Select(beam => beam.Single().Tokens.ToArray()));
        var wide = options with { Beam = new BeamOptions { Width = 3 } };
        Assert.Equal(
            BeamSearch.Decode(writer.Start(Writer.Texts), wide.Beam, options).Select(beam => beam[0].Tokens.ToArray()),
            writer.Start(Writer.Texts).Generate(wide));
    }

    /// <summary>A beam as wide as there are sentences finds the best of all, with their log-probabilities as teacher forcing has
    /// them.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void Of_full_width_finds_the_best_of_all_sentences(string family)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var writer = Writer.Of(family);
        int[][] sentences = [.. All(MaxTokens - 1)];
        foreach (var penalty in new[] { 0, 0.6, 3 })
        {
            var options = new BeamOptions { Width = 100, Results = 6, LengthPenalty = penalty };
            var found = BeamSearch.Decode(writer.Start(3), options, GenerationOptions.Greedy with { MaxTokens = MaxTokens });

            for (var text = 0; text < 3; text++)
            {
                var nll = writer.Nll(text, Sentences.Batch(sentences)).data<float>().ToArray();
                var best = sentences.Select((tokens, i) =>
                    (Tokens: tokens, Score: -nll[i] / options.Penalty(tokens.Length + 1), LogProbability: -nll[i]))
                    .OrderByDescending(sentence => sentence.Score).Take(options.Results).ToArray();
                Assert.Equal(best.Select(sentence => sentence.Tokens), found[text].Select(hypothesis => hypothesis.Tokens));
                for (var i = 0; i < best.Length; i++)
                {
                    Assert.True(found[text][i].Ended);
                    Assert.Equal(best[i].LogProbability, found[text][i].LogProbability, 1e-4);
                    Assert.Equal(best[i].Score, found[text][i].Score, 1e-4);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Does_not_depend_on_the_batch(string family)
    {
        using var writer = Writer.Of(family, vocabulary: 30);
        var beam = new BeamOptions { Width = 4, Results = 3, LengthPenalty = 0.6 };
        var options = GenerationOptions.Greedy with { MaxTokens = 40, Processors = [new NoRepeatNGram(2)] };
        int[][][] Tokens(GenerationOptions decoding, int count) =>
            [.. BeamSearch.Decode(writer.Start(count), beam, decoding)
                .Select(found => found.Select(text => text.Tokens.ToArray()).ToArray())];

        var together = Tokens(options, Writer.Texts);

        Assert.Equal(together, Tokens(options with { BatchSize = 1 }, Writer.Texts));
        Assert.Equal(together[..3], Tokens(options, 3));
        Assert.All(together, found => Assert.Equal(3, found.Select(text => string.Join(' ', text)).Distinct().Count()));
    }

    [Fact]
    public void A_text_too_long_is_cut_and_says_so()
    {
        using var writer = Writer.Of("LSTM");

        var cut = BeamSearch.Decode(writer.Start(1), new BeamOptions { Width = 2 }, GenerationOptions.Greedy with
        {
            MaxTokens = 5,
            Processors = [new MinTokens(6)],
        });

        Assert.False(cut[0][0].Ended);
        Assert.Equal(5, cut[0][0].Tokens.Count);
    }

    // Words of a vocabulary of 7: tokens 4, 5 and 6.
    private static IEnumerable<int[]> All(int longest) => longest < 0
        ? []
        : All(longest - 1).Concat(Enumerable.Range(0, (int)Math.Pow(3, longest)).Select(number =>
            Enumerable.Range(0, longest).Select(place => 4 + number / (int)Math.Pow(3, place) % 3).ToArray()));

    /// <summary>Filters can leave nothing to write: not even an end.</summary>
    [Fact]
    public void Where_nothing_can_end_the_best_unfinished_text_is_found()
    {
        using var lm = new RecurrentLmConfig { EmbeddingSize = 8, HiddenSize = 8 }.Build(8);
        // Four words, none of them twice, and at least six.
        var options = GenerationOptions.Sample(new NoRepeatNGram(1), new MinTokens(6));

        var found = BeamSearch.Decode(Prompt.From(lm, 2), new BeamOptions { Width = 3, Results = 2 }, options);

        Assert.All(found, text => Assert.Equal(2, text.Count));
        Assert.All(found.SelectMany(text => text), text => Assert.Equal((4, false), (text.Tokens.Distinct().Count(), text.Ended)));
        Assert.All(found, text => Assert.True(text[0].Score >= text[1].Score));
        Assert.Equal(4, lm.Generate(1, options with { Beam = new BeamOptions() })[0].Length);
    }
}
