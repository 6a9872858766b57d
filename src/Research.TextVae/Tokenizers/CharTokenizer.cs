using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.Tokenizers;
using Research.TextVae.Support;

namespace Research.TextVae.Tokenizers;

/// <summary>
/// Unicode code points as tokens. Not user-perceived characters: those are without end (an emoji and its modifiers, a letter and its
/// accents), differ between versions of Unicode, and are not what other programs count as characters. For Chinese the two are the same.
/// </summary>
public sealed class CharTokenizer : Tokenizer
{
    internal const string FileType = "character";

    // Id by code point, up to the greatest one that has an id.
    private readonly int[] _ids;

    /// <exception cref="ArgumentException">A token is not one code point.</exception>
    private CharTokenizer(Vocabulary vocabulary, bool lowercase)
    {
        Vocabulary = vocabulary;
        Lowercase = lowercase;
        var points = vocabulary.Words.Select(PointOf).ToArray();
        _ids = new int[points.DefaultIfEmpty().Max() + 1];
        Array.Fill(_ids, Vocabulary.UnkId);
        for (var i = 0; i < points.Length; i++)
            _ids[points[i]] = Vocabulary.Markers.Count + i;
    }

    /// <inheritdoc/>
    public override Vocabulary Vocabulary { get; }

    /// <summary>Whether capital and small letters are the same.</summary>
    public bool Lowercase { get; }

    /// <summary>
    /// Takes the most frequent characters of the texts, equally frequent ones in the order of their code points. Line breaks are never
    /// among them: a sentence has none.
    /// </summary>
    public static CharTokenizer Train(IEnumerable<string> texts, CharTokenizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        var counts = new Dictionary<int, long>();
        foreach (var text in texts)
        {
            foreach (var rune in Cased(text, options.Lowercase).EnumerateRunes())
                CollectionsMarshal.GetValueRefOrAddDefault(counts, rune.Value, out _)++;
        }

        counts.Remove('\n');
        counts.Remove('\r');
        var kept = counts.Where(pair => pair.Value >= options.MinFrequency)
            .OrderByDescending(pair => pair.Value)
            .ThenBy(pair => pair.Key)
            .Take(options.MaxVocabulary - Vocabulary.Markers.Count)
            .Select(pair => char.ConvertFromUtf32(pair.Key));
        return new CharTokenizer(new Vocabulary(kept), options.Lowercase);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> EncodeToIds(string text)
    {
        var ids = new int[CountTokens(text)];
        var i = 0;
        foreach (var rune in Cased(text, Lowercase).EnumerateRunes())
            ids[i++] = IdOf(rune);
        return ids;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<EncodedToken> EncodeToTokens(string text, out string? normalizedText)
    {
        ArgumentNullException.ThrowIfNull(text);
        var cased = Cased(text, Lowercase);
        normalizedText = ReferenceEquals(cased, text) ? null : cased;
        var tokens = new List<EncodedToken>(cased.Length);
        var start = 0;
        foreach (var rune in cased.EnumerateRunes())
        {
            var end = start + rune.Utf16SequenceLength;
            tokens.Add(new EncodedToken(IdOf(rune), rune.ToString(), start..end));
            start = end;
        }

        return tokens;
    }

    /// <summary>How many code points <paramref name="text"/> has; half of a surrogate pair counts as one.</summary>
    public override int CountTokens(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return CodePoints.Count(text);
    }

    /// <inheritdoc/>
    public override string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return string.Concat(ids.Where(id => !Vocabulary.IsControl(id)).Select(id => Vocabulary[id]));
    }

    /// <inheritdoc/>
    public override void Save(string path) => new TokenizerFile(FileType, Lowercase, [.. Vocabulary.Words]).Write(path);

    /// <exception cref="UserException">The file is missing or is no character tokenizer.</exception>
    public static new CharTokenizer Load(string path) =>
        TokenizerFile.Read(path, FileType, (vocabulary, lowercase) => new CharTokenizer(vocabulary, lowercase));

    private int IdOf(Rune rune) => rune.Value < _ids.Length ? _ids[rune.Value] : Vocabulary.UnkId;

    // The simple mapping, which keeps the number of characters.
    private static string Cased(string text, bool lowercase) => lowercase ? text.ToLowerInvariant() : text;

    private static int PointOf(string token) =>
        Rune.DecodeFromUtf16(token, out var rune, out var units) == System.Buffers.OperationStatus.Done && units == token.Length
            ? rune.Value
            : throw new ArgumentException($"'{token}' is not one character.", nameof(token));
}

/// <summary>What a character vocabulary holds.</summary>
public sealed record CharTokenizerOptions
{
    /// <summary>Most entries, the four markers included.</summary>
    public int MaxVocabulary { get; init => field = Require.AtLeast(5, value); } = 10_000;

    /// <summary>Rarer characters become <c>&lt;unk&gt;</c>.</summary>
    public int MinFrequency { get; init => field = Require.AtLeast(1, value); } = 1;

    /// <summary>Whether capital and small letters are the same.</summary>
    public bool Lowercase { get; init; }
}
