using System.Text.RegularExpressions;
using Research.TextVae.Support;

namespace Research.TextVae.Evaluation;

/// <summary>
/// ROUGE of Lin 2004 for one reference a candidate, as F₁ from 0 to 100: how many words, pairs of words, or words in the same order a
/// summary shares with its reference. Words are runs of letters and digits in small letters, without stemming; punctuation marks do not
/// count. A figure of several texts is the mean over them.
/// </summary>
/// <param name="Rouge1">Shared words.</param>
/// <param name="Rouge2">Shared pairs of neighbouring words.</param>
/// <param name="RougeL">The longest common subsequence of words.</param>
public readonly record struct Rouge(double Rouge1, double Rouge2, double RougeL)
{
    /// <summary>The mean over some texts.</summary>
    /// <param name="pairs">Candidate and reference; at least one pair.</param>
    public static Rouge ComputeCorpus(IEnumerable<(string Candidate, string Reference)> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var words = new WordIds();
        var all = pairs.Select(pair => Compute(words.Encode(pair.Candidate), words.Encode(pair.Reference))).ToArray();
        Require.AtLeast(1, all.Length, "The number of texts to measure ROUGE on");
        return new Rouge(all.Average(one => one.Rouge1), all.Average(one => one.Rouge2), all.Average(one => one.RougeL));
    }

    /// <summary>Of one text.</summary>
    /// <param name="candidate">Tokens of the summary.</param>
    /// <param name="reference">Tokens of its reference.</param>
    public static Rouge Compute(IReadOnlyList<int> candidate, IReadOnlyList<int> reference)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(reference);
        return new Rouge(
            Shared(candidate, reference, 1), Shared(candidate, reference, 2),
            F1(CommonSubsequence(candidate, reference), candidate.Count, reference.Count));
    }

    private static double Shared(IReadOnlyList<int> candidate, IReadOnlyList<int> reference, int order)
    {
        var available = NGramCounter.Count(reference, order);
        var matches = NGramCounter.Count(candidate, order).Sum(pair => Math.Min(pair.Value, available.GetValueOrDefault(pair.Key)));
        return F1(matches, Math.Max(0, candidate.Count - order + 1), Math.Max(0, reference.Count - order + 1));
    }

    // F₁ = 2 P R / (P + R),   P = matches / candidate,   R = matches / reference
    private static double F1(int matches, int candidate, int reference) => matches == 0 ? 0 : 100 * 2.0 * matches / (candidate + reference);

    // l(i, j) = l(i−1, j−1) + 1 where the words agree, otherwise max( l(i−1, j), l(i, j−1) )
    private static int CommonSubsequence(IReadOnlyList<int> candidate, IReadOnlyList<int> reference)
    {
        var row = new int[reference.Count + 1];
        foreach (var word in candidate)
        {
            var diagonal = 0;
            for (var j = 1; j <= reference.Count; j++)
                (diagonal, row[j]) = (row[j], word == reference[j - 1] ? diagonal + 1 : Math.Max(row[j], row[j - 1]));
        }

        return row[^1];
    }
}

/// <summary>Numbers the words of texts as they come, so that texts of different tokenizers are compared by the same words.</summary>
internal sealed partial class WordIds
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    /// <summary>Runs of letters and digits, in small letters.</summary>
    public IReadOnlyList<int> Encode(string text) => [.. Word().Matches(text.ToLowerInvariant()).Select(word =>
    {
        if (!_ids.TryGetValue(word.Value, out var id))
            _ids.Add(word.Value, id = _ids.Count);
        return id;
    })];

    [GeneratedRegex(@"[\p{L}\p{M}\p{N}]+")]
    private static partial Regex Word();
}
