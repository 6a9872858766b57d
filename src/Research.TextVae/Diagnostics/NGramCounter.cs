namespace Research.TextVae.Diagnostics;

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
