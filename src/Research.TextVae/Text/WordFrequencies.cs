using Research.TextVae.Support;

namespace Research.TextVae.Text;

/// <summary>Frequencies of words in texts.</summary>
public static class WordFrequencies
{
    /// <summary>
    /// The words that most texts have, in lower case, the most frequent first; of equally frequent ones the first that was read.
    /// </summary>
    /// <param name="texts">Texts of words with single spaces between them.</param>
    /// <param name="count">How many words, at most.</param>
    public static IReadOnlyList<string> MostFrequent(IEnumerable<string> texts, int count)
    {
        ArgumentNullException.ThrowIfNull(texts);
        Require.AtLeast(0, count);
        return [.. texts.SelectMany(text => text.ToLowerInvariant().Split(' ').Distinct())
            .GroupBy(word => word).OrderByDescending(group => group.Count()).Take(count).Select(group => group.Key)];
    }
}
