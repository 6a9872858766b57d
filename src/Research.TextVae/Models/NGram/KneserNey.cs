using Research.TextVae.Tokenizers;

namespace Research.TextVae.Models.NGram;

/// <summary>Interpolated modified Kneser–Ney smoothing: fills in the probabilities and back-off weights of counted n-grams.</summary>
internal static class KneserNey
{
    // <pad> and <s> are never predicted.
    private const int NeverPredicted = 2;

    /// <returns>The discounts of order 1, 2, …</returns>
    public static KneserNeyDiscounts[] Estimate(NGramCounts counts)
    {
        var discounts = counts.Counts.Select(CountCounts).ToArray();
        Unigrams(counts.Levels[0], counts.Counts[0], discounts[0]);
        for (var order = 2; order <= counts.Levels.Count; order++)
            Interpolate(counts.Levels[order - 2], counts.Levels[order - 1], counts.Counts[order - 1], discounts[order - 1]);
        return discounts;
    }

    private static KneserNeyDiscounts CountCounts(int[] counts)
    {
        Span<long> countsOfCounts = stackalloc long[5];
        foreach (var count in counts)
            if (count <= 4)
                countsOfCounts[count]++;
        return KneserNeyDiscounts.Estimate(countsOfCounts[1..]);
    }

    // p(w) = (c(w) − D(c(w))) / Σ c + γ / |V|,   V all tokens but <pad> and <s>
    private static void Unigrams(NGramLevel unigrams, int[] counts, KneserNeyDiscounts discounts)
    {
        var (total, free) = Share(counts, discounts);
        for (var token = 0; token < counts.Length; token++)
        {
            var probability = (counts[token] - discounts.For(counts[token]) + free / (counts.Length - NeverPredicted)) / total;
            unigrams.LogProbabilities[token] = token is Vocabulary.PadId or Vocabulary.BosId
                ? float.NegativeInfinity
                : (float)Math.Log(probability);
        }
    }

    // p(w|h) = (c(hw) − D(c(hw))) / Σ_v c(hv) + γ(h) p(w|h′),   h′ = h without its first token   (Chen and Goodman 1999, equation 15)
    private static void Interpolate(NGramLevel contexts, NGramLevel level, int[] counts, KneserNeyDiscounts discounts)
    {
        for (var context = 0; context < contexts.Count; context++)
        {
            var (first, end) = (contexts.Continuations[context], contexts.Continuations[context + 1]);
            if (first == end)
                continue;
            var (total, free) = Share(counts.AsSpan(first, end - first), discounts);
            for (var i = first; i < end; i++)
            {
                var shorter = Math.Exp(contexts.LogProbabilities[level.Suffixes[i]]);
                level.LogProbabilities[i] = (float)Math.Log((counts[i] - discounts.For(counts[i]) + free * shorter) / total);
            }

            contexts.LogBackOffs[context] = (float)Math.Log(free / total);
        }
    }

    // γ(h) = (D₁ N₁(h•) + D₂ N₂(h•) + D₃₊ N₃₊(h•)) / Σ_v c(hv): what the discounts free.
    private static (double Total, double Free) Share(ReadOnlySpan<int> counts, KneserNeyDiscounts discounts)
    {
        var (total, free) = (0.0, 0.0);
        foreach (var count in counts)
        {
            total += count;
            free += discounts.For(count);
        }

        return (total, free);
    }
}

/// <summary>
/// What modified Kneser–Ney smoothing takes from the counts of one order before the next lower order receives it
/// (Chen and Goodman 1999, section 3).
/// </summary>
/// <param name="One">Taken from a count of 1.</param>
/// <param name="Two">Taken from a count of 2.</param>
/// <param name="ThreePlus">Taken from a count of 3 and more.</param>
public sealed record KneserNeyDiscounts(double One, double Two, double ThreePlus)
{
    /// <summary>The discounts that the counts of counts suggest.</summary>
    /// <remarks>
    /// Small or artificial data may lack a count of counts or give a discount outside (0, count]. All three are then Y, that is
    /// absolute discounting (Ney, Essen and Kneser 1994), and ½ where Y is not defined either.
    /// </remarks>
    /// <param name="countsOfCounts">n₁, n₂, n₃, n₄: how many n-grams have the count 1, 2, 3, 4.</param>
    public static KneserNeyDiscounts Estimate(ReadOnlySpan<long> countsOfCounts)
    {
        double n1 = countsOfCounts[0], n2 = countsOfCounts[1], n3 = countsOfCounts[2], n4 = countsOfCounts[3];
        // Y = n₁ / (n₁ + 2 n₂);  D₁ = 1 − 2Y n₂/n₁ (which is Y),  D₂ = 2 − 3Y n₃/n₂,  D₃₊ = 3 − 4Y n₄/n₃   (equation 17)
        var y = n1 > 0 && n2 > 0 ? n1 / (n1 + 2 * n2) : 0.5;
        var (two, threePlus) = (2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3);
        var usable = n1 > 0 && n2 > 0 && n3 > 0 && n4 > 0 && two is > 0 and <= 2 && threePlus is > 0 and <= 3;
        return usable ? new(y, two, threePlus) : new(y, y, y);
    }

    /// <summary>What is taken from a count.</summary>
    public double For(int count) => count switch { <= 0 => 0, 1 => One, 2 => Two, _ => ThreePlus };
}
