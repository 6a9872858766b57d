namespace Research.TextVae.Diagnostics;

/// <summary>Corpus BLEU-4 of Papineni et al. 2002, without smoothing, one reference a candidate.</summary>
public static class Bleu
{
    private const int MaxOrder = 4;

    /// <summary>0 to 100; 0 when some order has no match at all.</summary>
    /// <param name="pairs">Candidate and reference, as tokens.</param>
    // BLEU = BP · exp( ¼ Σₙ log pₙ ),   BP = min(1, exp(1 − r/c))
    public static double Corpus(IEnumerable<(IReadOnlyList<int> Candidate, IReadOnlyList<int> Reference)> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var matches = new long[MaxOrder];
        var totals = new long[MaxOrder];
        long candidateLength = 0, referenceLength = 0;
        foreach (var (candidate, reference) in pairs)
        {
            candidateLength += candidate.Count;
            referenceLength += reference.Count;
            for (var order = 1; order <= MaxOrder; order++)
            {
                totals[order - 1] += Math.Max(0, candidate.Count - order + 1);
                matches[order - 1] += ClippedMatches(candidate, reference, order);
            }
        }

        if (matches.Contains(0))
            return 0;
        var logPrecision = Enumerable.Range(0, MaxOrder).Average(n => Math.Log((double)matches[n] / totals[n]));
        var brevity = Math.Min(0, 1 - (double)referenceLength / candidateLength);
        return 100 * Math.Exp(brevity + logPrecision);
    }

    private static long ClippedMatches(IReadOnlyList<int> candidate, IReadOnlyList<int> reference, int order)
    {
        var available = Counts(reference, order);
        return Counts(candidate, order).Sum(pair => Math.Min(pair.Value, available.GetValueOrDefault(pair.Key)));
    }

    private static Dictionary<(int, int, int, int), long> Counts(IReadOnlyList<int> tokens, int order)
    {
        var counts = new Dictionary<(int, int, int, int), long>();
        for (var start = 0; start + order <= tokens.Count; start++)
        {
            int At(int offset) => offset < order ? tokens[start + offset] : -1;
            var ngram = (At(0), At(1), At(2), At(3));
            counts[ngram] = counts.GetValueOrDefault(ngram) + 1;
        }

        return counts;
    }
}
