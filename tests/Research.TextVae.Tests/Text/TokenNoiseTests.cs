using Research.TextVae.Text;

namespace Research.TextVae.Tests.Text;

public sealed class TokenNoiseTests
{
    /// <summary>Of 20,000 equal tokens the share that is replaced, less those that are drawn again, and every other token alike.</summary>
    [Fact]
    public void Replaces_the_share_it_is_told_to()
    {
        var sentences = new EncodedSentences([.. Enumerable.Repeat(new[] { 4, 4, 4, 4 }, 5000)],
            [.. Enumerable.Range(0, 5000).Select(i => new Sentence($"{i}", "", ""))]);

        var noisy = sentences.WithNoise(vocabulary: 9, rate: 0.3, seed: 1);

        Assert.Equal(sentences.Lengths, noisy.Lengths);
        double Share(int token) => noisy.Sum(ids => ids.Count(id => id == token)) / 20_000.0;
        Assert.Equal(0.7 + 0.3 / 5, Share(4), 0.015);
        Assert.All([5, 6, 7, 8], token => Assert.Equal(0.3 / 5, Share(token), 0.008));
        Assert.Equal(noisy, sentences.WithNoise(9, 0.3, seed: 1));
        Assert.Equal(sentences, sentences.WithNoise(9, 0, seed: 1));
    }
}
