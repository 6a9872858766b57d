namespace Research.TextVae.Evaluation;

/// <summary>Frequencies of tokens in texts.</summary>
public static class TokenFrequencies
{
    /// <summary>The most frequent tokens, the most frequent first; of equally frequent ones the first that was read.</summary>
    /// <param name="texts">Token ids.</param>
    /// <param name="count">How many, at most.</param>
    /// <param name="which">Which tokens are counted.</param>
    public static IReadOnlyList<int> MostFrequent(IEnumerable<int[]> texts, int count, Func<int, bool> which)
    {
        ArgumentNullException.ThrowIfNull(which);
        return [.. texts.SelectMany(ids => ids).Where(which).GroupBy(id => id)
            .OrderByDescending(group => group.Count()).Take(count).Select(group => group.Key)];
    }

    /// <summary>How often each of some tokens occurs in 1,000 tokens of texts.</summary>
    /// <param name="texts">Token ids; at least one token.</param>
    /// <param name="tokens">The tokens that are asked for.</param>
    public static IReadOnlyList<double> PerThousand(IReadOnlyList<int[]> texts, IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(tokens);
        var counts = texts.SelectMany(ids => ids).GroupBy(id => id).ToDictionary(group => group.Key, group => group.Count());
        var perThousand = 1000.0 / texts.Sum(ids => ids.Length);
        return [.. tokens.Select(token => perThousand * counts.GetValueOrDefault(token))];
    }
}
