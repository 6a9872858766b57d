using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Research.TextVae.Text;

/// <summary>A saved <see cref="WordTokenizer"/>; the vocabulary is without the four markers.</summary>
internal sealed record WordTokenizerFile(
    [property: JsonRequired] string Type, [property: JsonRequired] bool Lowercase, [property: JsonRequired] string[] Vocabulary)
{
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };
}
