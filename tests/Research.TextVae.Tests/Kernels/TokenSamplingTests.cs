using Research.TextVae.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

public sealed class TokenSamplingTests
{
    private const double Border = 2e-7;

    public static TheoryData<TokenSampling> Ways { get; } =
    [
        new(),
        new(Temperature: 0.7, TopK: 5),
        new(TopP: 0.8),
        new(MinP: 0.05),
        new(Temperature: 1.3, TopK: 9, TopP: 0.9, MinP: 0.1),
        new(Temperature: 0),
    ];

    /// <summary>
    /// Token by token, with a vocabulary of one word, of a few and of many; some ruled out. The kernel adds probabilities up in float32
    /// within blocks, so that a number on the border between two tokens may take either.
    /// </summary>
    [KernelTheory]
    [MemberData(nameof(Ways))]
    public void Tokens_are_those_of_the_reference_form(TokenSampling way)
    {
        using var scope = NewDisposeScope();
        foreach (var (rows, words) in new[] { (1, 1), (40, 23), (200, 5003) })
        {
            manual_seed(42);
            var logits = KernelAssert.Scattered(randn(rows, words) * 2);
            var uniforms = KernelAssert.Scattered(rand([rows], dtype: ScalarType.Float64));
            var offsets = words == 1 ? zeros(1) : zeros(words).masked_fill(rand(words).lt(0.2), double.NegativeInfinity);
            KernelAssert.ThreadsChangeNothing(() => [way.Compute(logits, offsets, uniforms)]);
            var tokens = way.Compute(logits, offsets, uniforms);
            Assert.True(tokens.ge(way.Reference(logits, offsets, uniforms - Border)).all().item<bool>(), $"{words} words");
            Assert.True(tokens.le(way.Reference(logits, offsets, uniforms + Border)).all().item<bool>(), $"{words} words");
        }
    }

    /// <summary>Shares of many draws against probabilities written out by hand: sort, cut, renormalise.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void Draws_follow_the_distribution(TokenSampling way)
    {
        const int draws = 100_000, words = 23;
        using var scope = NewDisposeScope();
        manual_seed(43);
        var logits = randn(words) * 2;
        var offsets = zeros(words);
        offsets[4] = float.NegativeInfinity;
        var (temperature, most) = way.Temperature == 0 ? (1, 1) : (way.Temperature, way.TopK == 0 ? words : way.TopK);
        var scores = Array.ConvertAll((logits + offsets).data<float>().ToArray(), l => Math.Exp(l / temperature));
        var order = Enumerable.Range(0, words).OrderByDescending(v => scores[v]).Take(most).ToArray();
        var mass = order.Sum(v => scores[v]);
        var kept = new List<int>();
        foreach (var v in order)
        {
            if (kept.Sum(k => scores[k]) < way.TopP * mass && scores[v] >= way.MinP * scores[order[0]] && scores[v] > 0)
                kept.Add(v);
        }

        var uniforms = Spread(draws);
        foreach (var form in Forms.Both())
        {
            using (form)
            {
                var tokens = way.Compute(logits.expand(draws, words), offsets, uniforms);
                var counts = tokens.data<long>().ToArray().CountBy(token => (int)token).ToDictionary();

                Assert.Equal(kept.Order(), counts.Keys.Order());
                foreach (var v in kept)
                    Assert.Equal(scores[v] / kept.Sum(k => scores[k]), counts[v] / (double)draws, 4);
                // The uniform number walks through the vocabulary in order.
                Assert.True((tokens.slice(0, 1, draws, 1) - tokens.slice(0, 0, draws - 1, 1)).ge(0).all().item<bool>());
            }
        }
    }

    [Fact]
    public void Of_equally_likely_tokens_the_first_are_kept()
    {
        using var scope = NewDisposeScope();
        var rising = tensor(new float[,] { { 1, 2, 3, 4, 5, 6, 7, 0, 1, 2 } });
        foreach (var form in Forms.Both())
        {
            using (form)
            {
                long Greatest(TokenSampling way) => way.Compute(zeros(100, 1000), zeros(1000), Spread(100)).max().item<long>();
                Assert.InRange(Greatest(new(TopP: 0.25)), 245, 249);
                // All that are as likely as the k-th.
                Assert.InRange(Greatest(new(TopK: 3)), 990, 999);
                Assert.Equal(6, new TokenSampling(Temperature: 0).Compute(rising, zeros(10), Spread(1)).item<long>());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Where_every_token_is_ruled_out_it_is_the_first(TokenSampling way)
    {
        using var scope = NewDisposeScope();
        foreach (var form in Forms.Both())
        {
            using (form)
                Assert.Equal([0, 0], way.Compute(randn(2, 7), full(7, float.NegativeInfinity), Spread(2)).data<long>().ToArray());
        }
    }

    /// <summary>A model that has come apart writes something, and says so in its losses.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void Of_numbers_that_are_none_a_token_is_taken_that_exists(TokenSampling way)
    {
        using var scope = NewDisposeScope();
        foreach (var form in Forms.Both())
        {
            using (form)
                Assert.InRange(way.Compute(full([1, 7], float.NaN), zeros(7), Spread(1)).item<long>(), 0, 6);
        }
    }

    [Theory]
    [InlineData(-1, 0, 1, 0)]
    [InlineData(1, -1, 1, 0)]
    [InlineData(1, 0, 0, 0)]
    [InlineData(1, 0, 1.1, 0)]
    [InlineData(1, 0, 1, -0.1)]
    [InlineData(double.NaN, 0, 1, 0)]
    public void What_is_not_possible_is_refused(double temperature, int topK, double topP, double minP)
    {
        using var scope = NewDisposeScope();
        var way = new TokenSampling(temperature, topK, topP, minP);
        var mistake = KernelAssert.Mistake(() => way.Compute(zeros(1, 3), zeros(3), Spread(1)));
        Assert.Contains("not all possible", mistake, StringComparison.Ordinal);
    }

    // Numbers in [0, 1) at equal distances, float64.
    private static Tensor Spread(int count) => (arange(count, dtype: ScalarType.Float64) + 0.5) / count;
}
