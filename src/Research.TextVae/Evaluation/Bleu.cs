using System.Runtime.InteropServices;
using Research.TextVae.Support;

namespace Research.TextVae.Evaluation;

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

    /// <summary>Of one sentence, 0 to 100. An order without any match counts as ε = 0.1 matches (Chen and Cherry 2014, method 1); 0 without
    /// a common token.</summary>
    /// <param name="candidate">Tokens.</param>
    /// <param name="references">Tokens; at least one reference. An n-gram may occur as often as in the reference that has it most; the
    /// length is the closest one's.</param>
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

/// <summary>
/// How much the samples of a model resemble each other (Zhu et al. 2018): the mean of the BLEU-4 of each against all others as
/// references. High values say that a model always writes the same.
/// </summary>
public static class SelfBleu
{
    /// <summary>0 to 100. It grows with the number of texts: compare equal numbers, by custom 500.</summary>
    /// <param name="texts">Token ids; at least two texts.</param>
    /// <exception cref="UserException">There are fewer.</exception>
    public static double Compute(IReadOnlyList<int[]> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        Require.AtLeast(2, texts.Count, "The number of texts of a self-BLEU");
        var matches = new double[texts.Count, NGramCounter.MaxOrder];
        for (var order = 1; order <= NGramCounter.MaxOrder; order++)
        {
            var counts = texts.Select(text => NGramCounter.Count(text, order)).ToArray();
            var most = Most(counts);
            for (var text = 0; text < counts.Length; text++)
                foreach (var (ngram, count) in counts[text])
                    matches[text, order - 1] += Math.Min(count,
                        most[ngram] is var (first, holder, second) && holder == text ? second : first);
        }

        return texts.Select((text, i) => Bleu.Smoothed(
            MemoryMarshal.CreateSpan(ref matches[i, 0], NGramCounter.MaxOrder),
            text.Length,
            Bleu.Closest(text.Length, texts.Where((_, other) => other != i).Select(other => other.Length)))).Average();
    }

    // How often the text that has an n-gram most has it, which text that is, and how often the next one has it: with these the most
    // among all other texts is known for each text.
    private static Dictionary<(int, int, int, int), (int First, int Holder, int Second)> Most(
        Dictionary<(int, int, int, int), int>[] counts)
    {
        var most = new Dictionary<(int, int, int, int), (int First, int Holder, int Second)>();
        for (var text = 0; text < counts.Length; text++)
        {
            foreach (var (ngram, count) in counts[text])
            {
                ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(most, ngram, out _);
                entry = count > entry.First ? (count, text, entry.First) : entry with { Second = Math.Max(count, entry.Second) };
            }
        }

        return most;
    }
}

/// <summary>Counts n-grams of up to four tokens.</summary>
internal static class NGramCounter
{
    public const int MaxOrder = 4;

    /// <summary>How often each n-gram of a text occurs in it; places beyond the order are −1.</summary>
    public static Dictionary<(int, int, int, int), int> Count(IReadOnlyList<int> tokens, int order)
    {
        var counts = new Dictionary<(int, int, int, int), int>();
        foreach (var ngram in All(tokens, order))
            counts[ngram] = counts.GetValueOrDefault(ngram) + 1;
        return counts;
    }

    /// <summary>The n-grams of a text in its order.</summary>
    public static IEnumerable<(int, int, int, int)> All(IReadOnlyList<int> tokens, int order)
    {
        for (var start = 0; start + order <= tokens.Count; start++)
        {
            int At(int offset) => offset < order ? tokens[start + offset] : -1;
            yield return (At(0), At(1), At(2), At(3));
        }
    }
}

/// <summary>Distinct-n (Li et al. 2016): the share of different n-grams among all n-grams of some texts.</summary>
public static class DistinctN
{
    /// <summary>0 to 1; 0 where no text has an n-gram. It falls as texts are added: compare equal numbers.</summary>
    /// <param name="texts">Token ids.</param>
    /// <param name="order">n, 1 to 4.</param>
    public static double Compute(IReadOnlyList<int[]> texts, int order)
    {
        ArgumentNullException.ThrowIfNull(texts);
        Require.Within(1, NGramCounter.MaxOrder, order, "The order of distinct-n");
        var all = texts.Sum(text => Math.Max(0L, text.Length - order + 1));
        return all == 0 ? 0 : texts.SelectMany(text => NGramCounter.All(text, order)).Distinct().Count() / (double)all;
    }
}
