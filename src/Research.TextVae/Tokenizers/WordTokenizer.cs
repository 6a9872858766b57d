using Microsoft.ML.Tokenizers;
using Research.TextVae.Support;

namespace Research.TextVae.Tokenizers;

/// <summary>
/// Words and punctuation marks as tokens, after the manner of the Penn Treebank: <c>don't</c> is <c>do</c> <c>n't</c>,
/// <c>Emma's</c> is <c>emma</c> <c>'s</c>, <c>--</c> is a token and so is the <c>----</c> that hides a name, hyphenated words stay whole.
/// Quotation marks become
/// <c>“</c> and <c>”</c> by what they stand next to, so that a model can learn to close what it opened; <see cref="Decode"/>
/// writes them straight again.
/// </summary>
public sealed class WordTokenizer : Tokenizer
{
    internal const string FileType = "word";

    private readonly WordScanner _scanner;

    private WordTokenizer(Vocabulary vocabulary, bool lowercase)
    {
        Vocabulary = vocabulary;
        _scanner = new WordScanner(lowercase);
    }

    /// <inheritdoc/>
    public override Vocabulary Vocabulary { get; }

    /// <summary>Whether capital and small letters are the same.</summary>
    public bool Lowercase => _scanner.Lowercase;

    /// <summary>Takes the most frequent words of the texts, equally frequent ones in ordinal order.</summary>
    public static WordTokenizer Train(IEnumerable<string> texts, WordTokenizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        var scanner = new WordScanner(options.Lowercase);
        return TrainOnWords(texts.Select(scanner.Words), options);
    }

    internal static WordTokenizer TrainOnWords(IEnumerable<IReadOnlyList<string>> sentences, WordTokenizerOptions options)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var words in sentences)
        {
            foreach (var word in words)
                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, word, out _)++;
        }

        // The text may itself hold unknown words, as the Penn Treebank's published form does.
        counts.Remove(WordScanner.Unknown);
        var markers = Vocabulary.Markers.Count;
        var kept = counts.Where(pair => pair.Value >= options.MinFrequency)
            .OrderByDescending(pair => pair.Value)
            .ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Take(options.MaxVocabulary - markers)
            .Select(pair => pair.Key);
        return new WordTokenizer(new Vocabulary(kept), options.Lowercase);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<EncodedToken> EncodeToTokens(string text, out string? normalizedText)
    {
        ArgumentNullException.ThrowIfNull(text);
        var normalized = WordScanner.Normalize(text);
        normalizedText = ReferenceEquals(normalized, text) ? null : normalized;
        return [.. _scanner.Scan(normalized)
            .Select(word => new EncodedToken(Vocabulary.IdOf(word.Value), word.Value, word.Start..word.End))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> EncodeToIds(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IdsOf(_scanner.Words(text));
    }

    /// <inheritdoc/>
    public override int CountTokens(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _scanner.Words(text).Count;
    }

    internal int[] IdsOf(IReadOnlyList<string> words)
    {
        var ids = new int[words.Count];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = Vocabulary.IdOf(words[i]);
        return ids;
    }

    /// <inheritdoc/>
    public override string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return WordJoiner.Join(ids.Where(id => !Vocabulary.IsControl(id)).Select(id => Vocabulary[id]));
    }

    /// <inheritdoc/>
    public override void Save(string path) => new TokenizerFile(FileType, Lowercase, [.. Vocabulary.Words]).Write(path);

    /// <exception cref="UserException">The file is missing or is no word tokenizer.</exception>
    public static new WordTokenizer Load(string path) =>
        TokenizerFile.Read(path, FileType, (vocabulary, lowercase) => new WordTokenizer(vocabulary, lowercase));
}

/// <summary>What a word vocabulary holds.</summary>
public sealed record WordTokenizerOptions
{
    /// <summary>Most entries, the four markers included.</summary>
    public int MaxVocabulary { get; init => field = Require.AtLeast(5, value); } = 10_000;

    /// <summary>Rarer words become <c>&lt;unk&gt;</c>.</summary>
    public int MinFrequency { get; init => field = Require.AtLeast(1, value); } = 1;

    /// <summary>Whether capital and small letters are the same.</summary>
    public bool Lowercase { get; init; } = true;
}
