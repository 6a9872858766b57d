using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Research.TextVae.Support;

/// <summary>The JSON dialect of every file a run writes.</summary>
internal static class Json
{
    /// <summary>One line per value.</summary>
    public static JsonSerializerOptions Compact { get; } = Options(indented: false);

    /// <summary>For files people read.</summary>
    public static JsonSerializerOptions Indented { get; } = Options(indented: true);

    /// <summary>
    /// Parses text as a whole. A key that stands twice and half of a surrogate pair, which a <see cref="JsonNode"/> finds only when it is
    /// asked for them, are found here.
    /// </summary>
    /// <exception cref="JsonException">It is no JSON, or not usable as such.</exception>
    public static JsonNode? Parse(string text)
    {
        try
        {
            var node = JsonNode.Parse(text);
            Visit(node);
            return node;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            throw new JsonException("a key stands twice in it, or half of a surrogate pair", error);
        }
    }

    /// <summary>What reading JSON of unknown origin may throw.</summary>
    public static bool IsMisread(Exception error) =>
        error is JsonException or NotSupportedException or InvalidOperationException or ArgumentException or FormatException
            or OverflowException;

    private static void Visit(JsonNode? node)
    {
        if (node is JsonObject fields)
        {
            foreach (var (_, value) in fields)
                Visit(value);
        }
        else if (node is JsonArray array)
        {
            foreach (var value in array)
                Visit(value);
        }
        else if (node?.GetValueKind() == JsonValueKind.String)
        {
            _ = node.GetValue<string>();
        }
    }

    private static JsonSerializerOptions Options(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        WriteIndented = indented,
    };
}
