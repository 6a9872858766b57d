using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Research.TextVae.Support;

namespace Research.TextVae.Tokenizers;

/// <summary>GPT-2's two files: <c>vocab.json</c> (or <c>encoder.json</c>), ids by token, and <c>merges.txt</c> (or <c>vocab.bpe</c>), a
/// merge a line.</summary>
internal static class Gpt2Files
{
    private const string Version = "#version";

    /// <exception cref="InvalidDataException">An id is not a number.</exception>
    public static Dictionary<string, int> Vocabulary(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException("it is not an object of ids by token");
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in root.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out var id))
                throw new InvalidDataException($"the id of '{Excerpt.Of(entry.Name)}' is not a whole number");
            ids[entry.Name] = id;
        }

        return ids;
    }

    /// <summary>The tokens in the order of their ids.</summary>
    /// <exception cref="InvalidDataException">The ids are not 0, 1, 2, ….</exception>
    public static string[] InOrder(Dictionary<string, int> vocabulary)
    {
        var tokens = new string?[vocabulary.Count];
        foreach (var (token, id) in vocabulary)
        {
            if ((uint)id >= (uint)tokens.Length || tokens[id] is not null)
                throw new InvalidDataException(
                    $"the ids of its {tokens.Length} tokens are not 0 to {tokens.Length - 1}, each once: see '{Excerpt.Of(token)}' with "
                        + $"{id}");
            tokens[id] = token;
        }

        return tokens!;
    }

    /// <exception cref="InvalidDataException">A line is not a merge.</exception>
    public static List<(string Left, string Right)> Merges(string[] lines) =>
        [.. lines.Where(line => line.Length > 0 && !line.StartsWith(Version, StringComparison.Ordinal)).Select(Merge)];

    public static (string Left, string Right) Merge(string line) =>
        line.Split(' ') is [{ Length: > 0 } left, { Length: > 0 } right]
            ? (left, right)
            : throw new InvalidDataException($"'{Excerpt.Of(line)}' is not a merge of two tokens");

    public static void WriteVocabulary(Stream stream, IReadOnlyList<string> tokens)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        WriteVocabulary(json, tokens);
    }

    /// <param name="leftOut">What stands elsewhere.</param>
    public static void WriteVocabulary(Utf8JsonWriter json, IReadOnlyList<string> tokens, Func<string, bool>? leftOut = null)
    {
        json.WriteStartObject();
        for (var id = 0; id < tokens.Count; id++)
        {
            if (leftOut?.Invoke(tokens[id]) != true)
                json.WriteNumber(tokens[id], id);
        }

        json.WriteEndObject();
    }

    public static string WriteMerges(IEnumerable<(string Left, string Right)> merges)
    {
        var text = new StringBuilder(Version + ": 0.2\n");
        foreach (var (left, right) in merges)
            text.Append(left).Append(' ').Append(right).Append('\n');
        return text.ToString();
    }
}
