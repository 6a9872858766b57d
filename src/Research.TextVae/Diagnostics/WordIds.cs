using Research.TextVae.Text;

namespace Research.TextVae.Diagnostics;

/// <summary>Numbers the words of texts as they come, so that texts of different tokenizers are compared by the same words.</summary>
internal sealed class WordIds
{
    private readonly WordScanner scanner = new(lowercase: true);
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);

    /// <summary>Words and punctuation marks, in small letters.</summary>
    public IReadOnlyList<int> Encode(string text) => scanner.Words(text).ConvertAll(word =>
    {
        if (!ids.TryGetValue(word, out var id))
            ids.Add(word, id = ids.Count);
        return id;
    });
}
