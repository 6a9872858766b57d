using Research.TextVae.Models.NGram;

namespace Research.TextVae.Evaluation;

/// <summary>
/// The reverse perplexity over the number of texts (Zhao et al. 2018): a 5-gram model of few texts covers little of a language even where
/// the texts are real, so the figure of a model means something only beside that of as many real sentences, and where the curve has
/// flattened.
/// </summary>
/// <param name="Texts">Numbers of texts, rising.</param>
/// <param name="Perplexities">Perplexity per token of held-out text under a 5-gram model of so many texts.</param>
public sealed record ReversePerplexityCurve(IReadOnlyList<double> Texts, IReadOnlyList<double> Perplexities)
{
    private static readonly double[] _shares = [0.1, 0.2, 0.5, 1];

    /// <summary>Evaluates the first tenth, fifth, half and all of the texts.</summary>
    /// <param name="samples">Token ids of the texts; at least two.</param>
    /// <param name="heldOut">Token ids of sentences that no model has seen.</param>
    /// <param name="vocabulary">Number of tokens in the vocabulary.</param>
    public static ReversePerplexityCurve Evaluate(IReadOnlyList<int[]> samples, IReadOnlyList<int[]> heldOut, int vocabulary)
    {
        ArgumentNullException.ThrowIfNull(samples);
        int[] counts = [.. _shares.Select(share => Math.Max(2, (int)Math.Round(share * samples.Count))).Distinct()];
        return new([.. counts.Select(count => (double)count)], [.. counts.Select(count =>
            NGramModel.Train([.. samples.Take(count)], vocabulary).Perplexity(heldOut))]);
    }
}
