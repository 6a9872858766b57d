using System.Text.RegularExpressions;

namespace Research.TextVae.Evaluation;

/// <summary>
/// The figures that translations are published with, computed as the tool sacreBLEU does (Post 2018): texts go in as they are read, without
/// any tokenizer of one's own, so that figures of different systems can be compared. Models that generate small letters only are compared
/// with small letters, sacreBLEU's option <c>-lc</c>.
/// </summary>
public static partial class SacreBleu
{
    private const int Order = 4;

    /// <summary>BLEU of a corpus with sacreBLEU's defaults: the tokens of mteval-v13a and exponential smoothing of orders without a match
    /// (Chen and Cherry 2014, method 3). Its signature is <c>case:mixed|eff:no|tok:13a|smooth:exp</c>, or <c>case:lc</c>.</summary>
    /// <param name="pairs">A candidate and its references, at least one. An n-gram may occur as often as in the reference that has it most;
    /// the length is the closest one's.</param>
    /// <param name="lowercase">Compares small letters.</param>
    /// <returns>0 to 100.</returns>
    public static double Bleu(IEnumerable<(string Candidate, IReadOnlyList<string> References)> pairs, bool lowercase = false)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var (matches, totals) = (new long[Order], new long[Order]);
        long length = 0, referenceLength = 0;
        foreach (var (candidate, references) in pairs)
        {
            var words = Tokens13a(Case(candidate, lowercase));
            var others = references.Select(reference => Tokens13a(Case(reference, lowercase))).ToArray();
            length += words.Length;
            referenceLength += Evaluation.Bleu.Closest(words.Length, others.Select(other => other.Length));
            for (var order = 1; order <= Order; order++)
            {
                var available = new Dictionary<string, int>(StringComparer.Ordinal);
                foreach (var (ngram, count) in others.SelectMany(other => Count(NGrams(other, order))))
                    available[ngram] = Math.Max(count, available.GetValueOrDefault(ngram));
                matches[order - 1] += Shared(Count(NGrams(words, order)), available);
                totals[order - 1] += Math.Max(0, words.Length - order + 1);
            }
        }

        if (matches.All(count => count == 0))
            return 0;
        // BLEU = BP · exp( ¼ Σₙ log pₙ ),   BP = min(1, exp(1 − r/c));   the k-th order without a match counts as 2⁻ᵏ matches
        var (logPrecision, smoothing) = (0.0, 1.0);
        for (var n = 0; n < Order; n++)
        {
            if (totals[n] == 0)
                return 0;
            logPrecision += Math.Log((matches[n] > 0 ? matches[n] : smoothing /= 2) / totals[n]) / Order;
        }

        return 100 * Math.Exp(Math.Min(0, 1 - (double)referenceLength / length) + logPrecision);
    }

    /// <summary>chrF2 of a corpus (Popović 2015): the F-score of character n-grams of order 1 to 6 without spaces, recall counting twice as
    /// much as precision. As in sacreBLEU 2 an order that candidate or reference lacks is left out.</summary>
    /// <param name="pairs">A candidate and its references, at least one; the one it is most like counts.</param>
    /// <param name="lowercase">Compares small letters.</param>
    /// <param name="beta">Weight of the recall, β of F_β.</param>
    /// <returns>0 to 100.</returns>
    public static double Chrf(
        IEnumerable<(string Candidate, IReadOnlyList<string> References)> pairs, bool lowercase = false, double beta = 2)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var sum = new ChrfCounts();
        foreach (var (candidate, references) in pairs)
        {
            sum.Add(references.Select(reference => ChrfCounts.Of(Case(candidate, lowercase), Case(reference, lowercase)))
                .MaxBy(counts => counts.Score(beta))!);
        }

        return sum.Score(beta);
    }

    /// <inheritdoc cref="Bleu(IEnumerable{ValueTuple{string, IReadOnlyList{string}}}, bool)"/>
    /// <param name="pairs">A candidate and its only reference.</param>
    /// <param name="lowercase">Compares small letters.</param>
    public static double Bleu(IEnumerable<(string Candidate, string Reference)> pairs, bool lowercase = false) =>
        Bleu(pairs.Select(pair => (pair.Candidate, (IReadOnlyList<string>)[pair.Reference])), lowercase);

    /// <inheritdoc cref="Chrf(IEnumerable{ValueTuple{string, IReadOnlyList{string}}}, bool, double)"/>
    /// <param name="pairs">A candidate and its only reference.</param>
    /// <param name="lowercase">Compares small letters.</param>
    /// <param name="beta">Weight of the recall, β of F_β.</param>
    public static double Chrf(IEnumerable<(string Candidate, string Reference)> pairs, bool lowercase = false, double beta = 2) =>
        Chrf(pairs.Select(pair => (pair.Candidate, (IReadOnlyList<string>)[pair.Reference])), lowercase, beta);

    private static string Case(string text, bool lowercase) => lowercase ? text.ToLowerInvariant() : text;

    // The tokenizer of mteval-v13a.pl: entities, then spaces around punctuation marks but for points and commas within numbers.
    internal static string[] Tokens13a(string text)
    {
        text = text.Replace("<skipped>", "", StringComparison.Ordinal).Replace("-\n", "", StringComparison.Ordinal).Replace('\n', ' ')
            .Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal)
            .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
        text = Marks().Replace($" {text} ", " $1 ");
        text = PointAfterOther().Replace(text, "$1 $2 ");
        text = PointBeforeOther().Replace(text, " $1 $2");
        return DashAfterDigit().Replace(text, "$1 $2 ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex(@"([\{-~\[-` -&\(-\+:-@/])")]
    private static partial Regex Marks();

    [GeneratedRegex("([^0-9])([.,])")]
    private static partial Regex PointAfterOther();

    [GeneratedRegex("([.,])([^0-9])")]
    private static partial Regex PointBeforeOther();

    [GeneratedRegex("([0-9])(-)")]
    private static partial Regex DashAfterDigit();

    private static IEnumerable<string> NGrams(string[] words, int order) =>
        Enumerable.Range(0, Math.Max(0, words.Length - order + 1)).Select(i => string.Join(' ', new ArraySegment<string>(words, i, order)));

    private static Dictionary<string, int> Count(IEnumerable<string> ngrams)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var ngram in ngrams)
            counts[ngram] = counts.GetValueOrDefault(ngram) + 1;
        return counts;
    }

    private static int Shared(Dictionary<string, int> counts, Dictionary<string, int> available) =>
        counts.Sum(pair => Math.Min(pair.Value, available.GetValueOrDefault(pair.Key)));

    /// <summary>Character n-grams of candidates and references, and those they share, by their order.</summary>
    private sealed class ChrfCounts
    {
        private const int Longest = 6;

        private readonly (int Candidate, int Reference, int Shared)[] _orders = new (int, int, int)[Longest];

        public static ChrfCounts Of(string candidate, string reference)
        {
            var (first, second) = (Characters(candidate), Characters(reference));
            var counts = new ChrfCounts();
            for (var order = 1; order <= Longest; order++)
            {
                var (own, other) = (Count(NGrams(first, order)), Count(NGrams(second, order)));
                // Without n-grams of this order in the reference those of the candidate do not count.
                counts._orders[order - 1] = (other.Count > 0 ? own.Values.Sum() : 0, other.Values.Sum(), Shared(own, other));
            }

            return counts;
        }

        public void Add(ChrfCounts other)
        {
            for (var n = 0; n < Longest; n++)
            {
                _orders[n] = (_orders[n].Candidate + other._orders[n].Candidate, _orders[n].Reference + other._orders[n].Reference,
                    _orders[n].Shared + other._orders[n].Shared);
            }
        }

        // F_β = (1 + β²) P R / (β² P + R) with the means P and R of precision and recall over the orders that both have
        public double Score(double beta)
        {
            var both = _orders.Where(count => count is { Candidate: > 0, Reference: > 0 }).ToArray();
            if (both.Length == 0 || both.All(count => count.Shared == 0))
                return 0;
            var precision = both.Average(count => (double)count.Shared / count.Candidate);
            var recall = both.Average(count => (double)count.Shared / count.Reference);
            return 100 * (1 + beta * beta) * precision * recall / (beta * beta * precision + recall);
        }

        private static string[] Characters(string text) =>
            [.. text.EnumerateRunes().Where(rune => !System.Text.Rune.IsWhiteSpace(rune)).Select(rune => rune.ToString())];
    }
}
