using Research.TextVae.Models.NGram;

namespace Research.TextVae.Evaluation;

/// <summary>What samples of a model are worth, whatever kind of model wrote them: how real they are, how varied, and whether they are
/// copies.</summary>
public sealed record SampleQuality
{
    private const int Order = 5;

    /// <summary>Perplexity of the samples under a 5-gram model of the training text: low where they are fluent, or all the same.</summary>
    public required double ForwardPerplexity { get; init; }

    /// <summary>Perplexity of held-out text under a 5-gram model of the samples (Zhao et al. 2018): low where they are fluent and varied.
    /// It falls with their number: compare equal numbers, and look at <see cref="Coverage"/>.</summary>
    public double ReversePerplexity => Coverage.Perplexities[^1];

    /// <summary>The reverse perplexity over the number of samples.</summary>
    public required ReversePerplexityCurve Coverage { get; init; }

    /// <summary><see cref="SelfBleu"/> of the samples compared.</summary>
    public required double SelfBleu { get; init; }

    /// <summary>Distinct-1 of the samples compared.</summary>
    public required double Distinct1 { get; init; }

    /// <summary>Distinct-2 of the samples compared.</summary>
    public required double Distinct2 { get; init; }

    /// <summary>The share of the samples compared that are training sentences word for word.</summary>
    public required double Copies { get; init; }

    /// <summary>Edits from a sample compared to the nearest training sentence, per token of the sample.</summary>
    public required double EditsPerToken { get; init; }

    /// <param name="samples">Token ids; at least two samples.</param>
    /// <param name="train">Token ids of the training sentences.</param>
    /// <param name="heldOut">Token ids of sentences the model has not seen.</param>
    /// <param name="vocabulary">Tokens in the vocabulary.</param>
    /// <param name="compared">How many samples, from the first on, are compared with each other and with the training sentences.</param>
    /// <param name="covering">Token ids of the texts that the reverse perplexity is taken of; the samples when absent.</param>
    public static SampleQuality Evaluate(
        IReadOnlyList<int[]> samples, IReadOnlyList<int[]> train, IReadOnlyList<int[]> heldOut, int vocabulary, int compared = 500,
        IReadOnlyList<int[]>? covering = null)
    {
        ArgumentNullException.ThrowIfNull(samples);
        int[][] some = [.. samples.Take(compared)];
        var nearest = NearestSentence.ByEditDistance(some, train);
        return new SampleQuality
        {
            ForwardPerplexity = NGramModel.Train(train, vocabulary, Order).Perplexity(samples),
            Coverage = ReversePerplexityCurve.Evaluate(covering ?? samples, heldOut, vocabulary),
            SelfBleu = Evaluation.SelfBleu.Compute(some),
            Distinct1 = DistinctN.Compute(some, 1),
            Distinct2 = DistinctN.Compute(some, 2),
            Copies = nearest.Average(neighbour => neighbour.Value == 0 ? 1 : 0),
            EditsPerToken = nearest.Sum(neighbour => neighbour.Value) / Math.Max(1, some.Sum(text => text.Length)),
        };
    }
}
