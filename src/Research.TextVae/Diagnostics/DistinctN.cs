namespace Research.TextVae.Diagnostics;

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
