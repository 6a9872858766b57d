using Microsoft.ML.Tokenizers;
using Research.TextVae.Support;

namespace Research.TextVae.Tokenizers;

/// <summary>A tokenizer of Microsoft.ML.Tokenizers for models: its ids are moved up by the four markers, its unknown token is
/// <c>&lt;unk&gt;</c>.</summary>
internal sealed class OutsideTokenizer : Tokenizer
{
    private readonly Microsoft.ML.Tokenizers.Tokenizer _inner;
    private readonly PublishedFile? _file;
    private readonly int? _unknown;

    /// <param name="inner">The tokenizer.</param>
    /// <param name="file">What it was read from; null where a program made it.</param>
    /// <exception cref="UserException">Its tokens cannot be listed.</exception>
    public OutsideTokenizer(Microsoft.ML.Tokenizers.Tokenizer inner, PublishedFile? file = null)
    {
        (_inner, _file) = (inner, file);
        Vocabulary = new Vocabulary(OutsideTokens.Of(inner));
        _unknown = inner switch
        {
            WordPieceTokenizer pieces => pieces.UnknownTokenId,
            SentencePieceTokenizer pieces => pieces.UnknownId,
            Microsoft.ML.Tokenizers.BpeTokenizer { UnknownToken: { } token } pairs => pairs.Vocabulary[token],
            _ => null,
        };
    }

    /// <inheritdoc/>
    public override Vocabulary Vocabulary { get; }

    /// <summary>Name of the class in Microsoft.ML.Tokenizers.</summary>
    public string ClassName => _inner.GetType().Name;

    /// <inheritdoc/>
    public override IReadOnlyList<int> EncodeToIds(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var own = _inner is SentencePieceTokenizer pieces
            ? pieces.EncodeToIds(text, addBeginningOfSentence: false, addEndOfSentence: false)
            : _inner.EncodeToIds(text);
        var ids = new int[own.Count];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = IdOf(own[i]);
        return ids;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<EncodedToken> EncodeToTokens(string text, out string? normalizedText)
    {
        ArgumentNullException.ThrowIfNull(text);
        var own = _inner is SentencePieceTokenizer pieces
            ? pieces.EncodeToTokens(text, out normalizedText, addBeginningOfSentence: false, addEndOfSentence: false)
            : _inner.EncodeToTokens(text, out normalizedText);
        return [.. own.Select(token => new EncodedToken(IdOf(token.Id), token.Value, token.Offset))];
    }

    /// <inheritdoc/>
    public override int CountTokens(string text) => EncodeToIds(text).Count;

    /// <inheritdoc/>
    public override string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var own = new List<int>();
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)Vocabulary.Count)
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"The vocabulary has {Vocabulary.Count} tokens.");
            if (id >= Vocabulary.Markers.Count)
                own.Add(id - Vocabulary.Markers.Count);
            else if (id == Vocabulary.UnkId && _unknown is { } unknown)
                own.Add(unknown);
        }

        return _inner.Decode(own);
    }

    /// <inheritdoc/>
    public override void Save(string path) =>
        new OutsideFile(OutsideFile.FileType, ClassName, OutsideFile.Hash(Vocabulary), _file).Write(path);

    private int IdOf(int own) => own == _unknown ? Vocabulary.UnkId
        : own + Vocabulary.Markers.Count is var id && (uint)id < (uint)Vocabulary.Count ? id
        : throw new UserException(
            $"the {ClassName} gave the token {own}, but the greatest id that could be listed is "
                + $"{Vocabulary.Count - Vocabulary.Markers.Count - 1}; {OutsideTokens.Remedy}.");
}

/// <summary>The tokens of a tokenizer of Microsoft.ML.Tokenizers, whose base class has no vocabulary.</summary>
internal static class OutsideTokens
{
    public const string Remedy = "derive from Research.TextVae.Tokenizers.Tokenizer, which has a Vocabulary";

    private const int Most = 1_000_000, LongestGap = 1000;

    /// <summary>The tokens in the order of their ids; an id without a token, or with one that stands for another already, has a
    /// name.</summary>
    /// <exception cref="UserException">There are none, or too many for a model.</exception>
    public static IEnumerable<string> Of(Microsoft.ML.Tokenizers.Tokenizer tokenizer)
    {
        var tokens = Vocabulary(tokenizer) is { } known
            ? known.GroupBy(entry => entry.Value).ToDictionary(group => group.Key, group => group.First().Key)
            : Decoded(tokenizer);
        if (tokens.Count == 0 || tokens.Keys.Max() is var last && last >= Most || tokens.Keys.Min() < 0)
            throw new UserException(
                $"the tokens of a {tokenizer.GetType().Name} cannot be listed (there are none, or ids beyond {Most:n0}); {Remedy}.");
        var seen = Tokenizers.Vocabulary.Markers.ToHashSet(StringComparer.Ordinal);
        for (var id = 0; id <= last; id++)
        {
            var token = tokens.GetValueOrDefault(id, "");
            yield return token.Length > 0 && !token.AsSpan().ContainsAny('\n', '\r', '\uFFFD') && seen.Add(token) ? token : $"<id {id}>";
        }
    }

    private static IReadOnlyDictionary<string, int>? Vocabulary(Microsoft.ML.Tokenizers.Tokenizer tokenizer) => tokenizer switch
    {
        SentencePieceTokenizer pieces => pieces.Vocabulary,
        Microsoft.ML.Tokenizers.BpeTokenizer pairs => pairs.Vocabulary,
        CodeGenTokenizer pairs => pairs.Vocabulary,
        EnglishRobertaTokenizer pairs => pairs.Vocabulary,
        _ => null,
    };

    // The vocabularies of Tiktoken and BERT are not public. An id is a token if it stands for a text.
    private static Dictionary<int, string> Decoded(Microsoft.ML.Tokenizers.Tokenizer tokenizer)
    {
        var tokens = new Dictionary<int, string>();
        for (int id = 0, last = 0; id <= last + LongestGap && id <= Most; id++)
        {
            if (tokenizer.Decode([id]) is not { Length: > 0 } text)
                continue;
            tokens[id] = text.Contains('\uFFFD') ? text : ByteAlphabet.Encode(System.Text.Encoding.UTF8.GetBytes(text));
            last = id;
        }

        return tokens;
    }
}
