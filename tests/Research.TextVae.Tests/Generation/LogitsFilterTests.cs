using Research.TextVae.Generation;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Generation;

public sealed class LogitsFilterTests
{
    private static readonly double[] Probabilities = [0.1, 0.4, 0.05, 0.25, 0.2];

    [Fact]
    public void Top_k_keeps_the_k_likeliest() =>
        Assert.Equal([1, 3], Kept(new TopK(2)));

    /// <summary>0.4 + 0.25 is short of 0.7, so the third likeliest is still needed.</summary>
    [Theory]
    [InlineData(0.01, new[] { 1 })]
    [InlineData(0.4, new[] { 1 })]
    [InlineData(0.7, new[] { 1, 3, 4 })]
    [InlineData(1.0, new[] { 0, 1, 2, 3, 4 })]
    public void Top_p_keeps_the_fewest_that_hold_the_mass(double p, int[] kept) =>
        Assert.Equal(kept, Kept(new TopP(p - 1e-9 > 0 ? p - 1e-9 : p)));

    [Theory]
    [InlineData(0.6, new[] { 1, 3 })]
    [InlineData(0.45, new[] { 1, 3, 4 })]
    [InlineData(1.0, new[] { 1 })]
    public void Min_p_keeps_what_is_likely_enough_beside_the_likeliest(double p, int[] kept) =>
        Assert.Equal(kept, Kept(new MinP(p)));

    /// <summary>The entropy is 1.415 nats; the tokens' information differs from it by 0.89, 0.50, 1.58, 0.03 and 0.19.</summary>
    [Theory]
    [InlineData(0.2, new[] { 3 })]
    [InlineData(0.4, new[] { 3, 4 })]
    [InlineData(0.6, new[] { 1, 3, 4 })]
    [InlineData(0.9, new[] { 0, 1, 3, 4 })]
    [InlineData(1.0, new[] { 0, 1, 2, 3, 4 })]
    public void Typical_keeps_what_is_closest_to_the_entropy(double mass, int[] kept) =>
        Assert.Equal(kept, Kept(new Typical(mass)));

    /// <summary>On any distribution: the mass is reached, not without the last token kept, and no token left out is closer to the entropy
    /// than one kept.</summary>
    [Fact]
    public void The_typical_set_is_the_smallest_of_its_mass()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var logits = randn([50, 40], dtype: float64) * 2;
        logits.narrow(1, 3, 4).fill_(double.NegativeInfinity);
        var filtered = new Typical(0.8).Apply(logits, []);
        for (var row = 0; row < 50; row++)
        {
            var logP = logits[row].log_softmax(0).data<double>().ToArray();
            var kept = filtered[row].data<double>().ToArray().Select(logit => !double.IsNegativeInfinity(logit)).ToArray();
            var entropy = -logP.Where(double.IsFinite).Sum(value => Math.Exp(value) * value);
            var tokens = logP.Select((value, i) => (P: Math.Exp(value), Distance: Math.Abs(-value - entropy), Kept: kept[i])).ToArray();
            var chosen = tokens.Where(token => token.Kept).ToArray();

            Assert.True(chosen.Sum(token => token.P) >= 0.8);
            Assert.True(chosen.Sum(token => token.P) - chosen.MaxBy(token => token.Distance).P < 0.8);
            Assert.True(chosen.Max(token => token.Distance) <= tokens.Where(token => !token.Kept).Min(token => token.Distance));
        }
    }

    [Fact]
    public void Temperature_raises_probabilities_to_its_inverse()
    {
        var filtered = new Temperature(0.5).Apply(Logits(), []).softmax(1).data<double>().ToArray();

        var powers = Probabilities.Select(p => p * p).ToArray();
        for (var token = 0; token < powers.Length; token++)
            Assert.Equal(powers[token] / powers.Sum(), filtered[token], 10);
    }

    /// <summary>Each text has its own history; a token written twice is penalised once, and the logits given stay as they are.</summary>
    [Fact]
    public void The_repetition_penalty_lowers_what_is_written()
    {
        var logits = torch.tensor([2f, -1f, 0.5f, 3f, -4f, 1f]).view(2, 3);

        var filtered = new RepetitionPenalty(2).Apply(logits, [[1, 0, 1], [2]]);

        Assert.Equal([1f, -2f, 0.5f, 3f, -4f, 0.5f], filtered.data<float>().ToArray());
        Assert.Equal([2f, -1f, 0.5f, 3f, -4f, 1f], logits.data<float>().ToArray());
    }

    [Theory]
    [InlineData(1, new[] { 0, 1 })]
    [InlineData(2, new[] { 0, 1, 3, 4 })]
    [InlineData(3, new[] { 0, 1, 2, 4 })]
    [InlineData(4, new[] { 0, 1, 2, 3, 4 })]
    public void No_n_gram_is_written_twice(int order, int[] kept) =>
        Assert.Equal(kept, Kept(new NoRepeatNGram(order), order == 2 ? [3, 2, 4, 3] : [2, 4, 3, 4, 2, 4]));

    [Theory]
    [InlineData(new int[0], new[] { 0, 1, 2, 3 })]
    [InlineData(new[] { 3 }, new[] { 0, 1, 3 })]
    [InlineData(new[] { 1, 3 }, new[] { 1, 3 })]
    [InlineData(new[] { 3, 1 }, new[] { 0, 1, 2, 3 })]
    public void Bad_words_are_never_completed(int[] written, int[] kept) =>
        Assert.Equal(kept, Kept(new BadWords([[4], [3, 2], [1, 3, 0]]), written));

    [Fact]
    public void Bad_words_are_the_tokenizers_and_unknown_ones_are_left_out()
    {
        var tokenizer = WordTokenizer.Train(["one two three"], new WordTokenizerOptions());
        var (one, two) = (tokenizer.Vocabulary.IdOf("one"), tokenizer.Vocabulary.IdOf("two"));
        var logits = zeros(1, tokenizer.Vocabulary.Count);

        var filtered = BadWords.From(tokenizer, "one two", "four").Apply(logits, [[one]]);

        Assert.Equal(1, filtered.isinf().sum().item<long>());
        Assert.True(float.IsNegativeInfinity(filtered[0, two].item<float>()));
    }

    [Fact]
    public void A_text_does_not_end_too_early()
    {
        Assert.Equal([0, 1, 3, 4], Kept(new MinTokens(2), [3]));
        Assert.Equal([0, 1, 2, 3, 4], Kept(new MinTokens(2), [3, 3]));
    }

    private static int[] Kept(LogitsProcessor filter, params int[] written)
    {
        var filtered = filter.Apply(Logits(), [written]).data<double>().ToArray();
        return [.. Enumerable.Range(0, filtered.Length).Where(token => !double.IsNegativeInfinity(filtered[token]))];
    }

    private static Tensor Logits() => torch.tensor(Probabilities, dtype: float64).log().unsqueeze(0);
}
