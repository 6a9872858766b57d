using Research.TextVae.Support;

namespace Research.TextVae.Text;

/// <summary>Consecutive sentences together as small documents.</summary>
public static class SentenceGroups
{
    /// <summary>Token ids of documents of consecutive sentences of a chapter each; those without a token are left out.</summary>
    /// <param name="sentences">The sentences, those of a chapter in reading order.</param>
    /// <param name="count">Sentences of a document, at most.</param>
    /// <param name="keep">Which tokens are kept.</param>
    public static IReadOnlyList<int[]> Of(EncodedSentences sentences, int count, Func<int, bool> keep)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentNullException.ThrowIfNull(keep);
        Require.AtLeast(1, count);
        var chapters = Enumerable.Range(0, sentences.Count).GroupBy(i => sentences.Source(i).Document);
        var groups = chapters.SelectMany(chapter => chapter.Chunk(count));
        var documents = groups.Select(group => group.SelectMany(i => sentences[i]).Where(keep).ToArray());
        return [.. documents.Where(document => document.Length > 0)];
    }
}
