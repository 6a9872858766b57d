using Research.TextVae.Models;
using Research.TextVae.Models.NGram;
using Research.TextVae.Text;

namespace Research.TextVae.Evaluation;

/// <summary>How unlikely an n-gram model and a VAE find each sentence of a set, in nats per sentence, in the set's order.</summary>
/// <param name="Sentences">The sentences.</param>
/// <param name="NGram">−log p(x) of the n-gram model.</param>
/// <param name="Reconstruction">E_q(z|x)[−log p(x|z)].</param>
/// <param name="NegativeElbo">−ELBO.</param>
/// <param name="IwNll">The importance-weighted estimate of −log p(x).</param>
public sealed record SentenceScores(
    EncodedSentences Sentences,
    IReadOnlyList<double> NGram,
    IReadOnlyList<double> Reconstruction,
    IReadOnlyList<double> NegativeElbo,
    IReadOnlyList<double> IwNll)
{
    /// <summary>−log p of each token and of the end by the n-gram model.</summary>
    public required IReadOnlyList<double[]> NGramPerToken { get; init; }

    /// <summary>E_q(z|x)[−log p(xₜ | x₍&lt;t₎, z)] of each token and of the end.</summary>
    public required IReadOnlyList<double[]> PerToken { get; init; }

    /// <summary>Scores every sentence.</summary>
    /// <param name="model">The VAE; dropout is off.</param>
    /// <param name="ngram">The n-gram model.</param>
    /// <param name="sentences">The sentences.</param>
    /// <param name="samples">Samples of z per sentence in the ELBO.</param>
    /// <param name="iwSamples">Samples of z per sentence in the importance-weighted estimate.</param>
    /// <param name="seed">Seed of the samples.</param>
    /// <param name="progress">Called with the number of sentences whose importance-weighted estimate is known.</param>
    public static SentenceScores Evaluate(
        TextVaeModel model,
        NGramModel ngram,
        EncodedSentences sentences,
        int samples,
        int iwSamples,
        ulong seed,
        Action<int>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(ngram);
        ArgumentNullException.ThrowIfNull(sentences);
        var elbo = SentenceElbo.Evaluate(model, sentences, samples, seed);
        var weighted = ImportanceWeightedNll.Estimate(model, sentences, iwSamples, seed, progress);
        double[][] tokens = [.. sentences.Select(sentence => ngram.TokenNll(sentence))];
        return new SentenceScores(
            sentences, [.. tokens.Select(nats => nats.Sum())], elbo.Reconstruction, elbo.Negative, weighted.PerSentence)
        {
            NGramPerToken = tokens,
            PerToken = elbo.PerToken,
        };
    }

    /// <summary>A score of each sentence per predicted token, <c>&lt;/s&gt;</c> included.</summary>
    /// <param name="nats">The score per sentence.</param>
    public IReadOnlyList<double> Mean(IReadOnlyList<double> nats)
    {
        ArgumentNullException.ThrowIfNull(nats);
        return [.. nats.Select((value, i) => value / (Sentences.Lengths[i] + 1))];
    }
}
