using System.Text.Encodings.Web;
using System.Text.Json;
using Research.TextVae.Support;

namespace Research.TextVae.Tokenizers;

/// <summary>
/// Hugging Face's <c>tokenizer.json</c> for byte-level BPE, as GPT-2, Llama 3 and Qwen have it. What would change ids and is not done here
/// is refused, never passed over: other models, pre-tokenizers and normalizers, dropout, truncation, padding.
/// </summary>
internal static class HuggingFaceFile
{
    // These only put markers around the ids of a text or move offsets.
    private static readonly string[] _postProcessors = ["ByteLevel", "RobertaProcessing", "TemplateProcessing"];

    public static bool Recognizes(JsonElement root) => root.ValueKind == JsonValueKind.Object && root.TryGetProperty("model", out _);

    /// <exception cref="InvalidDataException">What in the file cannot be followed.</exception>
    public static BytePairDefinition Read(JsonElement root)
    {
        Known(root, "", "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder",
            "model");
        Absent(root, "", "truncation", "padding");
        var normalizers = Normalizers(root);
        var pattern = PatternOf(root);
        foreach (var processor in InSequence(root, "post_processor", "processors").Select(Type))
        {
            if (!_postProcessors.Contains(processor))
                throw new InvalidDataException(
                    $"its post_processor is {processor}, which may change ids; supported are {string.Join(", ", _postProcessors)}");
        }

        if (TypeOf(root, "decoder") is { } decoder and not "ByteLevel")
            throw new InvalidDataException($"its decoder is {decoder}, not ByteLevel");

        var model = Needed(root, "model", JsonValueKind.Object);
        // GPT-2's own file does not say what its model is.
        if (model.TryGetProperty("type", out var type) && type.ToString() != "BPE")
            throw new InvalidDataException($"its model is {Excerpt.Of(type.ToString())}, not BPE");
        Known(model, "model.", "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
            "byte_fallback", "ignore_merges", "vocab", "merges");
        Absent(model, "model.", "dropout", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback");
        var vocabulary = Gpt2Files.Vocabulary(Needed(model, "vocab", JsonValueKind.Object));
        var (special, added) = AddedTokens(root, vocabulary);
        var unknown = model.TryGetProperty("unk_token", out var unk) ? unk.GetString() : null;
        if (unknown is not null && !vocabulary.ContainsKey(unknown))
            throw new InvalidDataException($"its unk_token '{Excerpt.Of(unknown)}' is not in the vocabulary");
        return new BytePairDefinition(
            Gpt2Files.InOrder(vocabulary), [.. Needed(model, "merges", JsonValueKind.Array).EnumerateArray().Select(Merge)])
        {
            Special = special,
            Added = added,
            Unknown = unknown,
            Normalizers = normalizers,
            Pattern = pattern,
            IgnoresMerges = Flag(model, "ignore_merges", missing: false),
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
        var added = definition.Added.ToDictionary(token => token.Content, StringComparer.Ordinal);
        for (var id = 0; id < definition.Tokens.Count; id++)
        {
            var content = definition.Tokens[id];
            if (special.Contains(content))
                WriteAdded(json, id, new AddedToken(content, Normalized: false), special: true);
            else if (added.TryGetValue(content, out var token))
                WriteAdded(json, id, token, special: false);
        }

        json.WriteEndArray();
        WriteNormalizers(json, definition.Normalizers);
        WritePreTokenizer(json, definition.Pattern);
        json.WriteNull("post_processor");
        json.WritePropertyName("decoder");
        WriteTyped(json, "ByteLevel", ("add_prefix_space", false), ("trim_offsets", true), ("use_regex", true));
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        foreach (var name in (string[])["dropout", "continuing_subword_prefix", "end_of_word_suffix"])
            json.WriteNull(name);
        json.WriteString("unk_token", definition.Unknown);
        foreach (var name in (string[])["fuse_unk", "byte_fallback"])
            json.WriteBoolean(name, false);
        json.WriteBoolean("ignore_merges", definition.IgnoresMerges);
        json.WritePropertyName("vocab");
        Gpt2Files.WriteVocabulary(json, definition.Tokens, token => added.TryGetValue(token, out var known) && known.Literal);
        json.WriteStartArray("merges");
        foreach (var (left, right) in definition.Merges)
            json.WriteStringValue($"{left} {right}");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static IReadOnlyList<TextNormalizer> Normalizers(JsonElement root) =>
        [.. InSequence(root, "normalizer", "normalizers").Select(part => Type(part) switch
        {
            nameof(TextNormalizer.Lowercase) => TextNormalizer.Lowercase,
            nameof(TextNormalizer.NFC) => TextNormalizer.NFC,
            var other => throw new InvalidDataException($"its normalizer is {other}; only Lowercase, NFC or none is supported"),
        })];

    // ByteLevel, which has GPT-2's expression built in, or a Split by an expression and a ByteLevel without one.
    private static WordPattern PatternOf(JsonElement root)
    {
        var parts = InSequence(root, "pre_tokenizer", "pretokenizers").ToList();
        if (parts.Count == 0 || Type(parts[^1]) is not "ByteLevel" || parts.SkipLast(1).Any(part => Type(part) is not "Split"))
            throw new InvalidDataException(
                $"its pre_tokenizer is {(parts.Count == 0 ? "missing" : string.Join(" and ", parts.Take(3).Select(Type)))}, not ByteLevel");
        Known(parts[^1], "pre_tokenizer.", "type", "add_prefix_space", "trim_offsets", "use_regex");
        // What the format takes where they are missing.
        if (Flag(parts[^1], "add_prefix_space", missing: true))
            throw new InvalidDataException("its pre_tokenizer has add_prefix_space true; only false is supported");
        switch (parts.Count, Flag(parts[^1], "use_regex", missing: true))
        {
            case (1, true):
                return WordPattern.Gpt2;
            case (2, false):
                return PatternOfSplit(parts[0]);
            default:
                throw new InvalidDataException(
                    "its pre_tokenizer must cut words once: a ByteLevel with use_regex true, or a Split and a ByteLevel with false");
        }
    }

    private static WordPattern PatternOfSplit(JsonElement split)
    {
        Known(split, "pre_tokenizer.", "type", "pattern", "behavior", "invert");
        var expression = Needed(split, "pattern", JsonValueKind.Object).TryGetProperty("Regex", out var regex) ? regex.ToString() : null;
        if (WordPatterns.Find(expression) is not { } pattern)
            throw new InvalidDataException(
                $"its pre_tokenizer splits by '{Excerpt.Of(expression, 40)}'; supported are the expressions of GPT-2, Llama 3 and Qwen 2");
        return Needed(split, "behavior", JsonValueKind.String).GetString() == "Isolated" && !Flag(split, "invert", missing: false)
            ? pattern
            : throw new InvalidDataException("its pre_tokenizer's Split is not the behavior Isolated, not inverted");
    }

    // The tokens that the model's vocabulary does not hold are added to it.
    private static (List<string> Special, List<AddedToken> Added) AddedTokens(JsonElement root, Dictionary<string, int> vocabulary)
    {
        var (special, others) = (new List<string>(), new List<AddedToken>());
        if (!root.TryGetProperty("added_tokens", out var added) || added.ValueKind == JsonValueKind.Null)
            return (special, others);
        foreach (var token in Needed(root, "added_tokens", JsonValueKind.Array).EnumerateArray())
        {
            Known(token, "added_tokens.", "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
            var content = Needed(token, "content", JsonValueKind.String).GetString()!;
            if (!Needed(token, "id", JsonValueKind.Number).TryGetInt32(out var id))
                throw new InvalidDataException($"the id of its added token '{Excerpt.Of(content)}' is not a whole number");
            var isNew = vocabulary.TryAdd(content, id);
            if (vocabulary[content] != id)
                throw new InvalidDataException(
                    $"its added token '{Excerpt.Of(content)}' has id {id}, in the vocabulary {vocabulary[content]}");
            if (Flag(token, "special", missing: false))
            {
                special.Add(content);
                continue;
            }

            if (Flag(token, "single_word", missing: false))
                throw new InvalidDataException($"its added token '{Excerpt.Of(content)}' is a single_word, which is not supported");
            if (content.Length == 0 || others.Exists(other => other.Content == content))
                throw new InvalidDataException($"its added token '{Excerpt.Of(content)}' is empty or stands there twice");
            others.Add(new AddedToken(content, Flag(token, "normalized", missing: true), Flag(token, "lstrip", missing: false),
                Flag(token, "rstrip", missing: false), isNew));
        }

        return (special, others);
    }

    // "a b", or ["a", "b"] in newer files.
    private static (string Left, string Right) Merge(JsonElement merge) => merge.ValueKind switch
    {
        JsonValueKind.String => Gpt2Files.Merge(merge.GetString()!),
        JsonValueKind.Array when merge.GetArrayLength() == 2 =>
            (merge[0].GetString() ?? "", merge[1].GetString() ?? ""),
        _ => throw new InvalidDataException($"a merge is {Excerpt.Of(merge.GetRawText())}, not a pair"),
    };

    private static void WriteAdded(Utf8JsonWriter json, int id, AddedToken token, bool special)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteString("content", token.Content);
        json.WriteBoolean("single_word", false);
        json.WriteBoolean("lstrip", token.TakesSpaceBefore);
        json.WriteBoolean("rstrip", token.TakesSpaceAfter);
        json.WriteBoolean("normalized", token.Normalized);
        json.WriteBoolean("special", special);
        json.WriteEndObject();
    }

    private static void WriteNormalizers(Utf8JsonWriter json, IReadOnlyList<TextNormalizer> normalizers)
    {
        json.WritePropertyName("normalizer");
        if (normalizers.Count == 0)
            json.WriteNullValue();
        else if (normalizers.Count == 1)
            WriteTyped(json, normalizers[0].ToString());
        else
            WriteSequence(json, "normalizers", () =>
            {
                foreach (var normalizer in normalizers)
                    WriteTyped(json, normalizer.ToString());
            });
    }

    private static void WritePreTokenizer(Utf8JsonWriter json, WordPattern pattern)
    {
        json.WritePropertyName("pre_tokenizer");
        if (pattern == WordPattern.Gpt2)
            WriteTyped(json, "ByteLevel", ("add_prefix_space", false), ("trim_offsets", true), ("use_regex", true));
        else
            WriteSequence(json, "pretokenizers", () =>
            {
                json.WriteStartObject();
                json.WriteString("type", "Split");
                json.WriteStartObject("pattern");
                json.WriteString("Regex", WordPatterns.Expression(pattern));
                json.WriteEndObject();
                json.WriteString("behavior", "Isolated");
                json.WriteBoolean("invert", false);
                json.WriteEndObject();
                WriteTyped(json, "ByteLevel", ("add_prefix_space", false), ("trim_offsets", true), ("use_regex", false));
            });
    }

    private static void WriteSequence(Utf8JsonWriter json, string name, Action parts)
    {
        json.WriteStartObject();
        json.WriteString("type", "Sequence");
        json.WriteStartArray(name);
        parts();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTyped(Utf8JsonWriter json, string type, params (string Name, bool Value)[] flags)
    {
        json.WriteStartObject();
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
        return part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type", out _)
            ? Type(part)
            : throw new InvalidDataException($"its {name} has no type");
    }

    private static string Type(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type", out var type) ? Excerpt.Of(type.ToString()) : "of no type";

    // The part itself, or the parts of a Sequence; none where it is missing.
    private static IEnumerable<JsonElement> InSequence(JsonElement root, string name, string members) => TypeOf(root, name) switch
    {
        null => [],
        "Sequence" => Needed(root.GetProperty(name), members, JsonValueKind.Array).EnumerateArray(),
        _ => [root.GetProperty(name)],
    };

    private static bool Flag(JsonElement element, string name, bool missing) =>
        element.TryGetProperty(name, out var value) ? value.GetBoolean() : missing;

    private static void Known(JsonElement element, string where, params string[] names)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (!names.Contains(property.Name))
                throw new InvalidDataException($"it has \"{where}{Excerpt.Of(property.Name)}\", which is not known here");
        }
    }

    // Null, false, 0 and "" all mean that the thing is not done.
    private static void Absent(JsonElement element, string where, params string[] names)
    {
        foreach (var name in names)
        {
            if (element.TryGetProperty(name, out var value) && value.GetRawText() is not ("null" or "false" or "0" or "0.0" or "\"\""))
                throw new InvalidDataException($"its {where}{name} is {Excerpt.Of(value.GetRawText(), 40)}; that is not supported");
        }
    }
}
