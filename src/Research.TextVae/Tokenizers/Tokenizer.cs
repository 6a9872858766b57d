using System.Buffers;
using System.Text.Json;
using Microsoft.ML.Tokenizers;
using Research.TextVae.Support;

namespace Research.TextVae.Tokenizers;

/// <summary>
/// Text to token ids and back: a tokenizer of Microsoft.ML.Tokenizers whose vocabulary begins with the four markers of a model, and that
/// can be saved. Ids never include <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>: <see cref="Text.TextBatch"/> puts them in. Text is always
/// normalized and cut into words as the tokenizer was made to do.
/// </summary>
[TypeFormatterSource(typeof(DescriptionFormatters), PreferredMimeTypes = [DescriptionFormatters.Html])]
public abstract class Tokenizer : Microsoft.ML.Tokenizers.Tokenizer, IDescribed
{
    /// <summary>The tokens and their ids.</summary>
    public abstract Vocabulary Vocabulary { get; }

    Description IDescribed.Describe() => new(
        GetType().Name, ("tokens", $"{Vocabulary.Count:n0}"),
        ("the first", string.Join(' ', Enumerable.Range(0, Math.Min(16, Vocabulary.Count)).Select(id => Vocabulary[id]))));

    /// <summary>The ids of the tokens of <paramref name="text"/>, unknown ones as <see cref="Vocabulary.UnkId"/>.</summary>
    public virtual IReadOnlyList<int> EncodeToIds(string text) => [.. EncodeToTokens(text, out _).Select(token => token.Id)];

    /// <summary>The tokens of <paramref name="text"/> with their places in it; one that the vocabulary does not hold has its own letters
    /// and the id <see cref="Vocabulary.UnkId"/>.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="normalizedText">What the offsets refer to: the text in Unicode form C; null if that is the text itself.</param>
    public abstract IReadOnlyList<EncodedToken> EncodeToTokens(string text, out string? normalizedText);

    /// <summary>How many tokens <paramref name="text"/> has.</summary>
    public virtual int CountTokens(string text) => EncodeToTokens(text, out _).Count;

    /// <summary>Readable text of the ids; <c>&lt;pad&gt;</c>, <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c> are left out.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public abstract override string Decode(IEnumerable<int> ids);

    /// <summary>Writes the text of the ids, or nothing where it does not fit.</summary>
    /// <inheritdoc cref="Decode(IEnumerable{int})"/>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        int[] all = [.. ids];
        var text = Decode(all);
        var fits = text.TryCopyTo(destination);
        (idsConsumed, charsWritten) = fits ? (all.Length, text.Length) : (0, 0);
        return fits ? OperationStatus.Done : OperationStatus.DestinationTooSmall;
    }

    /// <summary>Writes the tokenizer as JSON.</summary>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public abstract void Save(string path);

    /// <summary>Any tokenizer of Microsoft.ML.Tokenizers as one for models: its ids are moved up by the four markers, its unknown token is
    /// <c>&lt;unk&gt;</c>, and its marks of a text's begin and end, such as BERT's <c>[CLS]</c>, are left out.</summary>
    /// <returns><paramref name="tokenizer"/> itself if it is one of this library with markers.</returns>
    /// <exception cref="UserException">Its tokens cannot be listed.</exception>
    public static Tokenizer From(Microsoft.ML.Tokenizers.Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return tokenizer switch
        {
            BpeTokenizer bpe => bpe.WithMarkers(),
            Tokenizer own => own,
            _ => new OutsideTokenizer(tokenizer),
        };
    }

    /// <summary>
    /// Reads any tokenizer that <see cref="Save"/> has written; a Hugging Face <c>tokenizer.json</c> with byte-level BPE; and by
    /// Microsoft.ML.Tokenizers a SentencePiece model (<c>.model</c>), a vocabulary of BERT (<c>.txt</c>; cased if it holds capital letters)
    /// or the ranks of an OpenAI encoding (<c>cl100k_base.tiktoken</c>).
    /// </summary>
    /// <exception cref="UserException">The file is missing or holds no such tokenizer.</exception>
    public static Tokenizer Load(string path)
    {
        if (PublishedFile.Recognizes(path))
            return PublishedFile.Read(path).Open(path);
        try
        {
            using var json = StrictJson.Parse(TextFile.Read(path));
            return HuggingFaceFile.Recognizes(json.RootElement)
                ? BpeTokenizer.Read(path, json.RootElement)
                : TokenizerFile.TypeOf(json.RootElement) switch
                {
                    WordTokenizer.FileType => WordTokenizer.Load(path),
                    CharTokenizer.FileType => CharTokenizer.Load(path),
                    OutsideFile.FileType => OutsideFile.Load(path),
                    _ => throw new UserException(
                        $"{path} is not a tokenizer: it has neither a \"model\" nor the \"type\" {WordTokenizer.FileType}, "
                            + $"{CharTokenizer.FileType} or {OutsideFile.FileType}."),
                };
        }
        catch (JsonException error)
        {
            throw new UserException($"{path} is not a tokenizer: {Excerpt.Of(error.Message, 150)}", error);
        }
    }

    /// <inheritdoc/>
    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        text ??= textSpan.ToString();
        // Whoever asks for the normalized text, or where to cut, gives a limit.
        if (settings.MaxTokenCount == int.MaxValue)
            return new() { Tokens = EncodeToIds(text), CharsConsumed = text.Length };
        var tokens = EncodeToTokens(text, textSpan, settings);
        return new()
        {
            Tokens = [.. tokens.Tokens.Select(token => token.Id)],
            NormalizedText = tokens.NormalizedText,
            CharsConsumed = tokens.CharsConsumed,
        };
    }

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        text ??= textSpan.ToString();
        var tokens = EncodeToTokens(text, out var normalized);
        var isWhole = tokens.Count <= settings.MaxTokenCount;
        if (!isWhole)
            tokens = [.. tokens.Take(settings.MaxTokenCount)];
        return new()
        {
            Tokens = tokens,
            NormalizedText = normalized,
            CharsConsumed = isWhole ? (normalized ?? text).Length : tokens.Count == 0 ? 0 : tokens[^1].Offset.End.Value,
        };
    }

    /// <inheritdoc/>
    protected override int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) =>
        Math.Min(CountTokens(text ?? textSpan.ToString()), settings.MaxTokenCount);
}

/// <summary>What a token is.</summary>
public enum TextUnit
{
    /// <summary>A word or a punctuation mark (<see cref="WordTokenizer"/>).</summary>
    Word,

    /// <summary>A Unicode code point (<see cref="CharTokenizer"/>).</summary>
    Character,

    /// <summary>A piece of a word, learned from the text (<see cref="BpeTokenizer"/>).</summary>
    Bpe,

    /// <summary>A token of GPT-2, whose vocabulary is always whole (<see cref="BpeTokenizer.Gpt2"/>).</summary>
    Gpt2,
}
