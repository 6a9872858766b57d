using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Evaluation;

public sealed class SampleQualityTests
{
    /// <summary>By hand: of the matches 3, 2, 1, 0 of 4, 3, 2, 1 n-grams the last counts as 0.1; the closest length is the candidate's
    /// own.</summary>
    [Fact]
    public void Sentence_bleu_takes_the_best_of_its_references()
    {
        var expected = 100 * Math.Pow(3.0 / 4 * (2.0 / 3) * (1.0 / 2) * (0.1 / 1), 0.25);

        Assert.Equal(expected, Bleu.Sentence([1, 2, 3, 9], [1, 2, 3, 4], [7, 7]), 10);
        Assert.Equal(expected, Bleu.Sentence([1, 2, 3, 9], [1, 2, 5], [5, 2, 3, 5], [1, 2, 3, 4, 5]), 10);
        Assert.Equal(0, Bleu.Sentence([1, 2], [3, 4]));
        Assert.Equal(0, Bleu.Sentence([], [3, 4]));
    }

    /// <summary>By its definition: every text as a candidate with all others as references.</summary>
    [Fact]
    public void Self_bleu_is_the_mean_over_all_texts()
    {
        var texts = Texts(1, 40, words: 6);

        var expected = texts.Select((text, i) => Bleu.Sentence(text, [.. texts.Where((_, other) => other != i)])).Average();

        Assert.Equal(expected, SelfBleu.Compute(texts), 8);
        Assert.Equal(100, SelfBleu.Compute([[1, 2, 3, 4], [1, 2, 3, 4]]), 8);
    }

    [Fact]
    public void Distinct_n_is_the_share_of_different_n_grams()
    {
        int[][] texts = [[1, 2, 1, 2], [2, 1], [3]];

        Assert.Equal(3.0 / 7, DistinctN.Compute(texts, 1));
        Assert.Equal(2.0 / 4, DistinctN.Compute(texts, 2));
        Assert.Equal(1, DistinctN.Compute(texts, 4));
    }

    /// <summary>Bits against the recursive definition, for texts of up to 64 tokens and beyond.</summary>
    [Fact]
    public void Edit_distance_is_that_of_its_definition()
    {
        var texts = Texts(2, 24, words: 4).Concat([[], [.. Enumerable.Repeat(4, 64)], .. Texts(3, 3, words: 3, longest: 90)]).ToArray();
        foreach (var from in texts)
            foreach (var to in texts)
                Assert.Equal(Defined(from, to), new EditDistance(from).To(to));
    }

    /// <summary>By each measure the nearest is what comparing with all sentences finds, and a copy finds its original.</summary>
    [Fact]
    public void The_nearest_sentence_is_nearer_than_all_others()
    {
        using var scope = NewDisposeScope();
        var among = Texts(4, 200, words: 8);
        var texts = Texts(5, 20, words: 8).Append(among[57]).ToArray();
        manual_seed(6);
        var (points, others) = (randn(300, 5), randn(70, 5));

        var byEdits = NearestSentence.ByEditDistance(texts, among);
        var byBleu = NearestSentence.ByBleu(texts, among);
        var byCosine = NearestSentence.ByEmbedding(points, others);

        for (var i = 0; i < texts.Length; i++)
        {
            var edits = among.Select(sentence => Defined(texts[i], sentence)).ToArray();
            var bleus = among.Select(sentence => Bleu.Sentence(texts[i], [sentence])).ToArray();
            Assert.Equal(new Neighbour(Array.IndexOf(edits, edits.Min()), edits.Min()), byEdits[i]);
            Assert.Equal(bleus.Max(), byBleu[i].Value, 8);
            Assert.Equal(bleus.Max(), bleus[byBleu[i].Index], 8);
        }

        Assert.Equal(0, byEdits[^1].Value);
        Assert.Equal(texts[^1], among[byEdits[^1].Index]);
        for (var i = 0; i < 300; i++)
        {
            var cosines = Enumerable.Range(0, 70)
                .Select(other => (points[i] * others[other]).sum().item<float>() / (points[i].norm() * others[other].norm()).item<float>())
                .ToArray();
            Assert.Equal(cosines.Max(), byCosine[i].Value, 1e-5);
            Assert.Equal(Array.IndexOf(cosines, cosines.Max()), byCosine[i].Index);
        }
    }

    /// <summary>Three ways to fail: noise is not fluent, one sentence again and again is not varied, and a copy is no text of one's
    /// own.</summary>
    [Fact]
    public void Tells_noise_monotony_and_copies_from_good_samples()
    {
        var (train, heldOut, good) = (Chain(1, 800), Chain(2, 300), Chain(3, 300));
        SampleQuality Of(IReadOnlyList<int[]> samples) => SampleQuality.Evaluate(samples, train, heldOut, vocabulary: 24, compared: 200);

        var (right, noise, same, copy) = (Of(good), Of(Texts(4, 300, words: 20)),
            Of([.. Enumerable.Repeat(good.First(text => text.Length > 6), 300)]), Of([.. train.Take(300)]));

        Assert.True(noise.ForwardPerplexity > 2 * right.ForwardPerplexity);
        Assert.True(noise.ReversePerplexity > 1.5 * right.ReversePerplexity);
        Assert.True(same.ForwardPerplexity < 2 * right.ForwardPerplexity);
        Assert.True(same.ReversePerplexity > 1.5 * right.ReversePerplexity);
        Assert.Equal(100, same.SelfBleu, 6);
        Assert.True(same.Distinct2 < 0.5 * right.Distinct2);
        Assert.True(noise.Distinct2 > right.Distinct2);
        Assert.Equal(1, copy.Copies);
        Assert.Equal(0, copy.EditsPerToken);
        Assert.True(right.EditsPerToken > 0 && noise.EditsPerToken > right.EditsPerToken);
    }

    private static int[][] Texts(ulong seed, int count, int words, int longest = 14)
    {
        var random = new StableRandom(seed);
        return [.. Enumerable.Range(0, count)
            .Select(_ => Enumerable.Range(0, 1 + random.Next(longest)).Select(_ => 4 + random.Next(words)).ToArray())];
    }

    // After each word come two others only.
    private static int[][] Chain(ulong seed, int count)
    {
        var random = new StableRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var word = random.Next(20);
            return Enumerable.Range(0, 3 + random.Next(8)).Select(_ => 4 + (word = (3 * word + 1 + random.Next(2)) % 20)).ToArray();
        })];
    }

    private static int Defined(int[] from, int[] to)
    {
        var table = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
            for (var j = 0; j <= to.Length; j++)
                table[i, j] = i == 0 || j == 0
                    ? i + j
                    : Math.Min(Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1));
        return table[from.Length, to.Length];
    }
}
