namespace Research.TextVae.Diagnostics;

/// <summary>BLEU-4 of Papineni et al. 2002: of a corpus with one reference a candidate, or of one sentence with any number.</summary>
public static class Bleu
{
    // ε of method 1 in Chen and Cherry 2014.
    private const double Smoothing = 0.1;

    /// <summary>Of a corpus, without smoothing: 0 to 100; 0 when some order has no match at all.</summary>
    /// <param name="pairs">Candidate and reference, as tokens.</param>
    public static double Corpus(IEnumerable<(IReadOnlyList<int> Candidate, IReadOnlyList<int> Reference)> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var matches = new double[NGramCounter.MaxOrder];
        var totals = new double[NGramCounter.MaxOrder];
        long candidateLength = 0, referenceLength = 0;
        foreach (var (candidate, reference) in pairs)
        {
            candidateLength += candidate.Count;
            referenceLength += reference.Count;
            for (var order = 1; order <= NGramCounter.MaxOrder; order++)
            {
                totals[order - 1] += Math.Max(0, candidate.Count - order + 1);
                matches[order - 1] += Matches(candidate, order, NGramCounter.Count(reference, order));
            }
        }

        return matches.Contains(0) ? 0 : Score(matches, totals, candidateLength, referenceLength);
    }

    /// <summary>Of a corpus of texts by their words and punctuation marks, capital and small letters the same; 0 to 100.</summary>
    /// <inheritdoc cref="Corpus"/>
    /// <param name="pairs">Candidate and reference.</param>
    public static double Texts(IEnumerable<(string Candidate, string Reference)> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var words = new WordIds();
        return Corpus(pairs.Select(pair => (words.Encode(pair.Candidate), words.Encode(pair.Reference))));
    }

    /// <summary>Of one sentence, 0 to 100. An order without any match counts as ε = 0.1 matches (Chen and Cherry 2014, method 1); 0 without a common token.</summary>
    /// <param name="candidate">Tokens.</param>
    /// <param name="references">Tokens; at least one reference. An n-gram may occur as often as in the reference that has it most; the length is the closest one's.</param>
    public static double Sentence(IReadOnlyList<int> candidate, params IReadOnlyList<IReadOnlyList<int>> references)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(references);
        var matches = new double[NGramCounter.MaxOrder];
        for (var order = 1; order <= NGramCounter.MaxOrder; order++)
        {
            var most = new Dictionary<(int, int, int, int), int>();
            foreach (var (ngram, count) in references.SelectMany(reference => NGramCounter.Count(reference, order)))
                most[ngram] = Math.Max(count, most.GetValueOrDefault(ngram));
            matches[order - 1] = Matches(candidate, order, most);
        }

        return Smoothed(matches, candidate.Count, Closest(candidate.Count, references.Select(reference => reference.Count)));
    }

    /// <summary>The length that is closest, the shorter of two.</summary>
    internal static int Closest(int length, IEnumerable<int> lengths) => lengths.MinBy(other => (Math.Abs(other - length), other));

    /// <summary>The smoothed BLEU of a sentence.</summary>
    /// <param name="matches">Clipped matches of each order; changed.</param>
    /// <param name="length">Tokens of the candidate.</param>
    /// <param name="referenceLength">Tokens of the reference.</param>
    internal static double Smoothed(Span<double> matches, int length, int referenceLength)
    {
        if (matches[0] == 0)
            return 0;
        Span<double> totals = stackalloc double[NGramCounter.MaxOrder];
        for (var n = 0; n < totals.Length; n++)
            (matches[n], totals[n]) = (matches[n] == 0 ? Smoothing : matches[n], Math.Max(1, length - n));
        return Score(matches, totals, length, referenceLength);
    }

    // BLEU = BP · exp( ¼ Σₙ log pₙ ),   BP = min(1, exp(1 − r/c))
    private static double Score(ReadOnlySpan<double> matches, ReadOnlySpan<double> totals, double candidateLength, double referenceLength)
    {
        var logPrecision = 0.0;
        for (var n = 0; n < matches.Length; n++)
            logPrecision += Math.Log(matches[n] / totals[n]) / matches.Length;
        return 100 * Math.Exp(Math.Min(0, 1 - referenceLength / candidateLength) + logPrecision);
    }

    private static int Matches(IReadOnlyList<int> candidate, int order, Dictionary<(int, int, int, int), int> available) =>
        NGramCounter.Count(candidate, order).Sum(pair => Math.Min(pair.Value, available.GetValueOrDefault(pair.Key)));
}
