using System.Text.Encodings.Web;
using System.Text.Json;

namespace Research.TextVae.Tokenizers;

/// <summary>
/// Hugging Face's <c>tokenizer.json</c> for byte-level BPE. What would change ids and is not done here is refused, never passed over:
/// other models, pre-tokenizers and normalizers, dropout, truncation, padding, added tokens that are not special.
/// </summary>
internal static class HuggingFaceFile
{
    // These only put markers around the ids of a text or move offsets.
    private static readonly string[] s_postProcessors = ["ByteLevel", "RobertaProcessing", "TemplateProcessing"];

    public static bool Recognizes(JsonElement root) => root.ValueKind == JsonValueKind.Object && root.TryGetProperty("model", out _);

    /// <exception cref="InvalidDataException">What in the file cannot be followed.</exception>
    public static BytePairDefinition Read(JsonElement root)
    {
        Known(root, "", "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder",
            "model");
        Absent(root, "", "truncation", "padding");
        var lowercase = TypeOf(root, "normalizer") switch
        {
            null => false,
            "Lowercase" => true,
            var other => throw new InvalidDataException($"its normalizer is {other}; only Lowercase or none is supported"),
        };
        CheckPreTokenizer(root);
        if (TypeOf(root, "post_processor") is { } processor && !s_postProcessors.Contains(processor))
            throw new InvalidDataException(
                $"its post_processor is {processor}, which may change ids; supported are {string.Join(", ", s_postProcessors)}");
        if (TypeOf(root, "decoder") is { } decoder and not "ByteLevel")
            throw new InvalidDataException($"its decoder is {decoder}, not ByteLevel");

        if (TypeOf(root, "model") is var type && type != "BPE")
            throw new InvalidDataException($"its model is {type ?? "missing"}, not BPE");
        var model = root.GetProperty("model");
        Known(model, "model.", "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
            "byte_fallback", "ignore_merges", "vocab", "merges");
        Absent(model, "model.", "dropout", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges");
        var vocabulary = Gpt2Files.Vocabulary(Needed(model, "vocab", JsonValueKind.Object));
        var special = AddedTokens(root, vocabulary);
        var unknown = model.TryGetProperty("unk_token", out var unk) ? unk.GetString() : null;
        if (unknown is not null && !vocabulary.ContainsKey(unknown))
            throw new InvalidDataException($"its unk_token '{unknown}' is not in the vocabulary");
        return new BytePairDefinition(
            Gpt2Files.InOrder(vocabulary), [.. Needed(model, "merges", JsonValueKind.Array).EnumerateArray().Select(Merge)])
        {
            Special = special,
            Unknown = unknown,
            Lowercase = lowercase,
        };
    }

    public static void Write(Stream stream, BytePairDefinition definition)
    {
        using var json =
            new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        json.WriteStartArray("added_tokens");
        var special = definition.Special.ToHashSet(StringComparer.Ordinal);
        for (var id = 0; id < definition.Tokens.Count; id++)
        {
            if (special.Contains(definition.Tokens[id]))
                WriteSpecial(json, id, definition.Tokens[id]);
        }

        json.WriteEndArray();
        if (definition.Lowercase)
            WriteTyped(json, "normalizer", "Lowercase");
        else
            json.WriteNull("normalizer");
        WriteTyped(json, "pre_tokenizer", "ByteLevel", ("add_prefix_space", false), ("trim_offsets", true), ("use_regex", true));
        json.WriteNull("post_processor");
        WriteTyped(json, "decoder", "ByteLevel", ("add_prefix_space", false), ("trim_offsets", true), ("use_regex", true));
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        foreach (var name in (string[])["dropout", "continuing_subword_prefix", "end_of_word_suffix"])
            json.WriteNull(name);
        json.WriteString("unk_token", definition.Unknown);
        foreach (var name in (string[])["fuse_unk", "byte_fallback", "ignore_merges"])
            json.WriteBoolean(name, false);
        json.WritePropertyName("vocab");
        Gpt2Files.WriteVocabulary(json, definition.Tokens);
        json.WriteStartArray("merges");
        foreach (var (left, right) in definition.Merges)
            json.WriteStringValue($"{left} {right}");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void CheckPreTokenizer(JsonElement root)
    {
        if (TypeOf(root, "pre_tokenizer") is var type && type != "ByteLevel")
            throw new InvalidDataException($"its pre_tokenizer is {type ?? "missing"}, not ByteLevel");
        var splitter = root.GetProperty("pre_tokenizer");
        Known(splitter, "pre_tokenizer.", "type", "add_prefix_space", "trim_offsets", "use_regex");
        // What the format takes where they are missing.
        if (Flag(splitter, "add_prefix_space", missing: true))
            throw new InvalidDataException("its pre_tokenizer has add_prefix_space true; only false is supported");
        if (!Flag(splitter, "use_regex", missing: true))
            throw new InvalidDataException("its pre_tokenizer has use_regex false; only true is supported");
    }

    // Names of the special tokens; those the model's vocabulary does not hold are added to it.
    private static List<string> AddedTokens(JsonElement root, Dictionary<string, int> vocabulary)
    {
        var special = new List<string>();
        if (!root.TryGetProperty("added_tokens", out var added) || added.ValueKind == JsonValueKind.Null)
            return special;
        foreach (var token in Needed(root, "added_tokens", JsonValueKind.Array).EnumerateArray())
        {
            Known(token, "added_tokens.", "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
            var (id, content) = (Needed(token, "id", JsonValueKind.Number).GetInt32(), Needed(token, "content", JsonValueKind.String)
                .GetString()!);
            if (!Flag(token, "special", missing: false))
                throw new InvalidDataException(
                    $"its added token '{content}' is not special, so it would be cut out of text; that is not supported");
            if (!vocabulary.TryAdd(content, id) && vocabulary[content] != id)
                throw new InvalidDataException($"its added token '{content}' has id {id}, in the vocabulary {vocabulary[content]}");
            special.Add(content);
        }

        return special;
    }

    // "a b", or ["a", "b"] in newer files.
    private static (string Left, string Right) Merge(JsonElement merge) => merge.ValueKind switch
    {
        JsonValueKind.String => Gpt2Files.Merge(merge.GetString()!),
        JsonValueKind.Array when merge.GetArrayLength() == 2 => (merge[0].GetString()!, merge[1].GetString()!),
        _ => throw new InvalidDataException($"a merge is {merge.GetRawText()}, not a pair"),
    };

    private static void WriteSpecial(Utf8JsonWriter json, int id, string content)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteString("content", content);
        foreach (var name in (string[])["single_word", "lstrip", "rstrip", "normalized"])
            json.WriteBoolean(name, false);
        json.WriteBoolean("special", true);
        json.WriteEndObject();
    }

    private static void WriteTyped(Utf8JsonWriter json, string name, string type, params (string Name, bool Value)[] flags)
    {
        json.WriteStartObject(name);
        json.WriteString("type", type);
        foreach (var (flag, value) in flags)
            json.WriteBoolean(flag, value);
        json.WriteEndObject();
    }

    private static JsonElement Needed(JsonElement element, string name, JsonValueKind kind) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == kind
            ? value
            : throw new InvalidDataException($"it has no \"{name}\" ({kind.ToString().ToLowerInvariant()})");

    // Null where there is no such part.
    private static string? TypeOf(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var part) || part.ValueKind == JsonValueKind.Null)
            return null;
        return part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type", out var type)
            ? type.GetString()
            : throw new InvalidDataException($"its {name} has no type");
    }

    private static bool Flag(JsonElement element, string name, bool missing) =>
        element.TryGetProperty(name, out var value) ? value.GetBoolean() : missing;

    private static void Known(JsonElement element, string where, params string[] names)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (!names.Contains(property.Name))
                throw new InvalidDataException($"it has \"{where}{property.Name}\", which is not known here");
        }
    }

    // Null, false, 0 and "" all mean that the thing is not done.
    private static void Absent(JsonElement element, string where, params string[] names)
    {
        foreach (var name in names)
        {
            if (element.TryGetProperty(name, out var value) && value.GetRawText() is not ("null" or "false" or "0" or "0.0" or "\"\""))
                throw new InvalidDataException($"its {where}{name} is {Short(value.GetRawText())}; that is not supported");
        }
    }

    private static string Short(string text) => text.ReplaceLineEndings(" ") is var line && line.Length > 40 ? line[..40] + "…" : line;
}
