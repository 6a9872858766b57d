using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Research.TextVae.Support;

/// <summary>
/// Reads JSON from outside: no key may stand twice in an object, and strings must be text, without half of a surrogate pair. Both would
/// otherwise be errors of another kind, much later, where the value is used.
/// </summary>
internal static class StrictJson
{
    /// <exception cref="JsonException">The text is not such JSON.</exception>
    public static JsonDocument Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Parse(string)"/>
    public static JsonDocument Parse(byte[] utf8, JsonCommentHandling comments = JsonCommentHandling.Disallow)
    {
        Check(utf8, comments);
        return JsonDocument.Parse(utf8, new JsonDocumentOptions { CommentHandling = comments });
    }

    /// <inheritdoc cref="Parse(string)"/>
    public static JsonNode? ParseNode(string text) => ParseNode(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Parse(string)"/>
    public static JsonNode? ParseNode(byte[] utf8)
    {
        Check(utf8, JsonCommentHandling.Disallow);
        return JsonNode.Parse(utf8);
    }

    private static void Check(ReadOnlySpan<byte> utf8, JsonCommentHandling comments)
    {
        if (!Utf8.IsValid(utf8))
            throw new JsonException("It is not UTF-8.");
        var open = new Stack<HashSet<string>>();
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { CommentHandling = comments });
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    open.Push(new HashSet<string>(StringComparer.Ordinal));
                    break;
                case JsonTokenType.EndObject:
                    open.Pop();
                    break;
                case JsonTokenType.PropertyName:
                    if (Text(in reader, utf8) is var key && !open.Peek().Add(key))
                        throw Wrong($"The key '{Excerpt.Of(key)}' stands twice in an object.", in reader, utf8, null);
                    break;
                case JsonTokenType.String when reader.ValueIsEscaped:
                    _ = Text(in reader, utf8);
                    break;
            }
        }
    }

    private static string Text(in Utf8JsonReader reader, ReadOnlySpan<byte> utf8)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw Wrong("A string holds half of a surrogate pair.", in reader, utf8, error);
        }
    }

    private static JsonException Wrong(string message, in Utf8JsonReader reader, ReadOnlySpan<byte> utf8, Exception? cause) =>
        new(message, null, utf8[..(int)reader.TokenStartIndex].Count((byte)'\n'), null, cause);
}
