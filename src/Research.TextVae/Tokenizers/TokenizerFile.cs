using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Research.TextVae.Support;

namespace Research.TextVae.Tokenizers;

/// <summary>A saved <see cref="WordTokenizer"/> or <see cref="CharTokenizer"/>; the vocabulary is without the four markers.</summary>
internal sealed record TokenizerFile(
    [property: JsonRequired] string Type, [property: JsonRequired] bool Lowercase, [property: JsonRequired] string[] Vocabulary)
{
    private const string TypeKey = "type";

    /// <summary>The JSON dialect of saved tokenizers.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        TypeInfoResolver = Support.Json.Types,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>What kind of tokenizer the file says it holds; null if it does not say.</summary>
    public static string? TypeOf(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(TypeKey, out var type) && type.ValueKind == JsonValueKind.String
            ? type.GetString()
            : null;

    public void Write(string path) => AtomicFile.Write(path, JsonSerializer.Serialize(this, Json) + "\n");

    /// <exception cref="UserException">The file is missing or holds no tokenizer of that type.</exception>
    public static T Read<T>(string path, string wanted, Func<Vocabulary, bool, T> create)
    {
        try
        {
            var file = JsonSerializer.Deserialize<TokenizerFile>(TextFile.Read(path), Json);
            if (file is { Vocabulary: null } || file?.Vocabulary.Contains(null) == true)
                throw new JsonException("a word of its vocabulary is null");
            return file?.Type == wanted
                ? create(new Vocabulary(file.Vocabulary), file.Lowercase)
                : throw new UserException(
                    $"{path} is not a {wanted} tokenizer: its \"{TypeKey}\" is '{Excerpt.Of(file?.Type)}', not '{wanted}'.");
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new UserException($"{path} is not a {wanted} tokenizer: {Excerpt.Of(error.Message, 150)}", error);
        }
    }
}
