using System.Text.Json;
using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Tokenizers;

/// <summary>
/// Text to token ids and back; the names of the methods are those of Microsoft.ML.Tokenizers.
/// Ids never include <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>: <see cref="Text.TextBatch"/> puts them in.
/// </summary>
[TypeFormatterSource(typeof(DescriptionFormatters), PreferredMimeTypes = [DescriptionFormatters.Html])]
public abstract class Tokenizer : IDescribed
{
    /// <summary>The tokens and their ids.</summary>
    public abstract Vocabulary Vocabulary { get; }

    Description IDescribed.Describe() => new(
        GetType().Name, ("tokens", $"{Vocabulary.Count:n0}"),
        ("the first", string.Join(' ', Enumerable.Range(0, Math.Min(16, Vocabulary.Count)).Select(id => Vocabulary[id]))));

    /// <summary>The ids of the tokens of <paramref name="text"/>, unknown ones as <see cref="Vocabulary.UnkId"/>.</summary>
    public virtual IReadOnlyList<int> EncodeToIds(string text) => [.. EncodeToTokens(text, out _).Select(token => token.Id)];

    /// <summary>The tokens of <paramref name="text"/> with their places in it.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="normalizedText">What the offsets refer to: the text in Unicode form C; null if that is the text itself.</param>
    public abstract IReadOnlyList<EncodedToken> EncodeToTokens(string text, out string? normalizedText);

    /// <summary>How many tokens <paramref name="text"/> has.</summary>
    public virtual int CountTokens(string text) => EncodeToTokens(text, out _).Count;

    /// <summary>Readable text of the ids; <c>&lt;pad&gt;</c>, <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c> are left out.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public abstract string Decode(IEnumerable<int> ids);

    /// <summary>Writes the tokenizer as JSON.</summary>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public abstract void Save(string path);

    /// <summary>Reads any tokenizer that <see cref="Save"/> has written, or a Hugging Face <c>tokenizer.json</c> with byte-level
    /// BPE.</summary>
    /// <exception cref="UserException">The file is missing or holds no such tokenizer.</exception>
    public static Tokenizer Load(string path)
    {
        try
        {
            using var json = StrictJson.Parse(TextFile.Read(path));
            return HuggingFaceFile.Recognizes(json.RootElement)
                ? BpeTokenizer.Read(path, json.RootElement)
                : TokenizerFile.TypeOf(json.RootElement) switch
                {
                    WordTokenizer.FileType => WordTokenizer.Load(path),
                    CharTokenizer.FileType => CharTokenizer.Load(path),
                    _ => throw new UserException(
                        $"{path} is not a tokenizer: it has neither a \"model\" nor the \"type\" {WordTokenizer.FileType} or "
                            + $"{CharTokenizer.FileType}."),
                };
        }
        catch (JsonException error)
        {
            throw new UserException($"{path} is not a tokenizer: {Excerpt.Of(error.Message, 150)}", error);
        }
    }
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
}

/// <summary>A token and the piece of the normalized text it stands for.</summary>
/// <param name="Id">Its place in the vocabulary; <see cref="Vocabulary.UnkId"/> for an unknown one.</param>
/// <param name="Value">The token as it was found, also when the vocabulary does not hold it.</param>
/// <param name="Offset">Its range in the normalized text, in UTF-16 code units.</param>
public readonly record struct EncodedToken(int Id, string Value, Range Offset);
