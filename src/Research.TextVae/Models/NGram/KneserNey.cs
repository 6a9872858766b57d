using Research.TextVae.Text;

namespace Research.TextVae.Models;

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
            unigrams.LogProbabilities[token] = token is Vocabulary.PadId or Vocabulary.BosId ? float.NegativeInfinity : (float)Math.Log(probability);
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
