using Research.TextVae.Models.NGram;
using Research.TextVae.Support;
using static Research.TextVae.Tokenizers.Vocabulary;

namespace Research.TextVae.Tests.Models;

public sealed class NGramModelTests
{
    private const int A = 4, B = 5;

    [Theory]
    [InlineData(8, 4, 2, 1, 0.5, 1.25, 2)]
    [InlineData(4, 1, 0, 0, 2.0 / 3, 2.0 / 3, 2.0 / 3)]
    [InlineData(10, 1, 9, 1, 10.0 / 12, 10.0 / 12, 10.0 / 12)]
    [InlineData(3, 0, 1, 1, 0.5, 0.5, 0.5)]
    [InlineData(0, 0, 0, 0, 0.5, 0.5, 0.5)]
    public void Discounts_follow_from_counts_of_counts(long n1, long n2, long n3, long n4, double one, double two, double threePlus) =>
        Assert.Equal(new KneserNeyDiscounts(one, two, threePlus), KneserNeyDiscounts.Estimate([n1, n2, n3, n4]));

    /// <summary>
    /// The sentences "a", "a" and "a b" by hand. All discounts are ½ (there are too few counts of counts).
    /// Counts: trigrams ⟨s⟩a⟨/s⟩ 2, ⟨s⟩ab 1, ab⟨/s⟩ 1; tokens before a⟨/s⟩, ab, b⟨/s⟩ 1 each, ⟨s⟩a occurs 3 times; tokens before
    /// a 1, b 1, ⟨/s⟩ 2, and four tokens can be predicted: p(a) = p(b) = (½ + 1.5/4)/4, p(⟨/s⟩) = (1½ + 1.5/4)/4.
    /// </summary>
    [Fact]
    public void Trigram_model_of_three_sentences_by_hand()
    {
        var model = NGramModel.Train([[A], [A], [A, B]], vocabulary: 6, order: 3);
        double a = 0.21875, b = 0.21875, end = 0.46875, unknown = 0.09375;

        Near([0, 0, end, unknown, a, b], model.Distribution(default));
        Near([0, 0, 0.5 * end / 3, 0.5 * unknown / 3, (2.5 + (0.5 * a)) / 3, 0.5 * b / 3], model.Distribution(model.Start));
        var (endAfterA, bAfterA, endAfterB) = ((0.5 + end) / 2, (0.5 + b) / 2, 0.5 + (0.5 * end));
        Near(
            [-Math.Log((2.5 + (0.5 * a)) / 3), -Math.Log((0.5 + bAfterA) / 3), -Math.Log(0.5 + (0.5 * endAfterB))],
            model.TokenNll([A, B]));
        var losses = model.TokenNll([A]).Sum();
        Near([-Math.Log((2.5 + (0.5 * a)) / 3) - Math.Log((1.5 + endAfterA) / 3)], [losses]);
        Assert.Equal(losses, model.SentenceNll([A]), 12);
        Assert.Equal(Math.Exp(losses / 2), model.Perplexity([[A], [A]]), 12);

        static void Near(double[] expected, double[] actual)
        {
            Assert.Equal(expected.Length, actual.Length);
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Every_distribution_sums_to_one_and_is_what_scoring_gives(int order)
    {
        const int vocabulary = 30, seen = 25;
        var random = new StableRandom(1);
        var sentences = Enumerable.Range(0, 300).Select(_ => Sentence(seen)).ToArray();
        var model = NGramModel.Train(sentences, vocabulary, order);

        foreach (var sentence in sentences.Take(20).Concat(Enumerable.Range(0, 40).Select(_ => Sentence(vocabulary))))
        {
            foreach (var beginning in new[] { model.Start, default })
            {
                var state = beginning;
                foreach (var token in sentence)
                {
                    var distribution = model.Distribution(state);
                    Assert.Equal(1, distribution.Sum(), 1e-6);
                    Assert.All(distribution[2..], probability => Assert.InRange(probability, 1e-9, 1));
                    Assert.Equal([0.0, 0.0], distribution[..2]);
                    Assert.Equal(Math.Log(distribution[token]), model.LogProbability(state, token, out state), 1e-5);
                }
            }
        }

        // The product of two uniform numbers: some tokens are frequent, most are rare.
        int[] Sentence(int end) =>
            [.. Enumerable.Range(0, 1 + random.Next(12))
                .Select(_ => UnkId + (int)(random.NextDouble() * random.NextDouble() * (end - UnkId)))];
    }

    [Fact]
    public void Samples_follow_the_distribution_and_the_seed()
    {
        const int draws = 20_000;
        var model = NGramModel.Train([[A, B, A], [B, B], [A], [A, A, B, B]], vocabulary: 6, order: 3);
        int[][] Draw(ulong seed)
        {
            var random = new StableRandom(seed);
            return [.. Enumerable.Range(0, draws).Select(_ => model.Sample(random, maxTokens: 2))];
        }

        var samples = Draw(1);

        Assert.Equal(samples, Draw(1));
        Assert.NotEqual(samples, Draw(2));
        Assert.All(samples, sentence => Assert.InRange(sentence.Length, 0, 2));
        var first = model.Distribution(model.Start);
        foreach (var token in new[] { EosId, UnkId, A, B })
        {
            var expected = first[token] * draws;
            var count = samples.Count(sentence => (sentence.Length == 0 ? EosId : sentence[0]) == token);
            Assert.InRange(count, expected - (5 * Math.Sqrt(expected)), expected + (5 * Math.Sqrt(expected)));
        }
    }

    [Fact]
    public void Mistakes_are_named()
    {
        Assert.Equal(
            "The order of an n-gram model is 0; it must be at least 1.",
            Assert.Throws<UserException>(() => NGramModel.Train([[A]], 6, order: 0)).Message);
        Assert.Contains("no sentences", Assert.Throws<UserException>(() => NGramModel.Train([], 6)).Message, StringComparison.Ordinal);
        Assert.Contains("Token 6", Assert.Throws<ArgumentOutOfRangeException>(() => NGramModel.Train([[A, 6]], 6))
            .Message, StringComparison.Ordinal);
        var model = NGramModel.Train([[A]], 6);
        Assert.Contains("Token 1", Assert.Throws<ArgumentOutOfRangeException>(() => model.SentenceNll([BosId]))
            .Message, StringComparison.Ordinal);
        Assert.Contains("Token 2", Assert.Throws<ArgumentOutOfRangeException>(() => model.TokenNll([A, EosId]))
            .Message, StringComparison.Ordinal);
        Assert.Throws<UserException>(() => model.Perplexity([]));
    }
}
