using Research.TextVae.Support;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Text;

/// <summary>Sentences with random tokens in place of some of their own: what a background model is trained on, which is to know the
/// language as a whole and not its content (Ren et al. 2019, section 4).</summary>
public static class TokenNoise
{
    /// <summary>Replaces tokens at random.</summary>
    /// <param name="sentences">The sentences; what they are written as stays with them.</param>
    /// <param name="vocabulary">Tokens in the vocabulary, the markers included, which are never drawn.</param>
    /// <param name="rate">Probability that a token is replaced, by any token of the vocabulary alike.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static EncodedSentences WithNoise(this EncodedSentences sentences, int vocabulary, double rate, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        Require.Within(0.0, 1.0, rate);
        var (random, markers) = (new StableRandom(StableRandom.Derive(seed, 4)), Vocabulary.Markers.Count);
        int Noisy(int token) => random.NextDouble() < rate ? markers + random.Next(vocabulary - markers) : token;
        int[][] noisy = [.. sentences.Select(ids => Array.ConvertAll(ids, Noisy))];
        var sources = Enumerable.Range(0, sentences.Count).Select(sentences.Source);
        return new EncodedSentences(noisy, [.. sources]) { Encoding = sentences.Encoding };
    }
}
