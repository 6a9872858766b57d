using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML.Tokenizers;
using Research.TextVae.Support;

namespace Research.TextVae.Tokenizers;

/// <summary>
/// A saved tokenizer of Microsoft.ML.Tokenizers, which saves none itself: the published file that it was read from; of one that a program
/// made only what it takes to know it again.
/// </summary>
/// <param name="Type">Always <see cref="FileType"/>.</param>
/// <param name="Class">Name of its class.</param>
/// <param name="Sha256">Hash of its tokens.</param>
/// <param name="File">What it was read from.</param>
internal sealed record OutsideFile(
    [property: JsonRequired] string Type,
    [property: JsonRequired] string Class,
    [property: JsonRequired] string Sha256,
    PublishedFile? File)
{
    public const string FileType = "Microsoft.ML.Tokenizers";

    public static string Hash(Vocabulary vocabulary) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', vocabulary.Words)))).ToLowerInvariant();

    public void Write(string path) => AtomicFile.Write(path, JsonSerializer.Serialize(this, TokenizerFile.Json) + "\n");

    /// <exception cref="UserException">The file is damaged, or a program made the tokenizer and has to give it again.</exception>
    public static OutsideTokenizer Load(string path)
    {
        var saved = Read(path);
        return saved.File?.Open(path) ?? throw new UserException(
            $"{path}: the tokenizer is a {saved.Class} that the program of the run made, and no file can hold it; give it again, with "
                + "TrainedRun.Open(folder, tokenizer: …) or --tokenizer FILE on the command line.");
    }

    /// <summary>The tokenizer given, after a look whether it is the one that was saved.</summary>
    /// <exception cref="UserException">It is another one.</exception>
    public static Tokenizer Same(string path, Tokenizer given)
    {
        using var json = StrictJson.Parse(TextFile.Read(path));
        return TokenizerFile.TypeOf(json.RootElement) != FileType || Read(path) is var saved && saved.Sha256 == Hash(given.Vocabulary)
            ? given
            : throw new UserException(
                $"{path}: the tokenizer given has other tokens than the {saved.Class} that the run was trained with; give that one.");
    }

    private static OutsideFile Read(string path)
    {
        try
        {
            var saved = JsonSerializer.Deserialize<OutsideFile>(TextFile.Read(path), TokenizerFile.Json);
            return saved is { Class: not null, Sha256: not null, File: null or { Name: not null, Content: not null } }
                ? saved
                : throw new JsonException("something in it is null");
        }
        catch (JsonException error)
        {
            throw new UserException($"{path} is not a tokenizer: {Excerpt.Of(error.Message, 150)}", error);
        }
    }
}

/// <summary>A tokenizer's file in a form that Microsoft.ML.Tokenizers reads; the ending of its name says in which.</summary>
internal sealed record PublishedFile([property: JsonRequired] string Name, [property: JsonRequired] byte[] Content)
{
    private const string SentencePiece = ".model", Tiktoken = ".tiktoken", Bert = ".txt";

    // A model of each encoding, which is what Microsoft.ML.Tokenizers finds its pattern by.
    private static readonly Dictionary<string, string> _models = new()
    {
        ["gpt2"] = "gpt2",
        ["r50k_base"] = "davinci",
        ["p50k_base"] = "text-davinci-003",
        ["p50k_edit"] = "text-davinci-edit-001",
        ["cl100k_base"] = "gpt-4",
        ["o200k_base"] = "gpt-4o",
    };

    public static bool Recognizes(string path) => Path.GetExtension(path) is SentencePiece or Tiktoken or Bert;

    /// <exception cref="UserException">The file is missing.</exception>
    public static PublishedFile Read(string path) => new(Path.GetFileName(path), TextFile.ReadBytes(path));

    /// <param name="path">Named in errors.</param>
    /// <exception cref="UserException">It is no such tokenizer.</exception>
    public OutsideTokenizer Open(string path)
    {
        try
        {
            using var content = new MemoryStream(Content);
            return new OutsideTokenizer(Path.GetExtension(Name) switch
            {
                SentencePiece => SentencePieceTokenizer.Create(content, addBeginningOfSentence: false),
                Tiktoken => TiktokenTokenizer.CreateForModel(Model(path), content),
                _ => BertTokenizer.Create(content, new BertOptions { LowerCaseBeforeTokenization = !IsCased() }),
            }, this);
        }
        // Readers of others, which throw what they meet.
        catch (Exception error) when (error is not (UserException or OutOfMemoryException))
        {
            throw new UserException(
                $"{path} is not a tokenizer that Microsoft.ML.Tokenizers reads as *{Path.GetExtension(Name)}: "
                    + Excerpt.Of(error.Message, 150), error);
        }
    }

    private string Model(string path) => _models.GetValueOrDefault(Path.GetFileNameWithoutExtension(Name)) ?? throw new UserException(
        $"{path}: how its tokens cut text is known by the file's name, {string.Join(", ", _models.Keys)}; give it one of these.");

    private bool IsCased() => Encoding.UTF8.GetString(Content).Split('\n').Any(token => !token.StartsWith('[') && token.Any(char.IsUpper));
}
