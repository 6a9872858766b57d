using System.Text;
using Research.TextVae.Support;

namespace Research.TextVae.Tokenizers;

/// <summary>Tokens and their ids; the first four are the markers every model relies on.</summary>
public sealed class Vocabulary
{
    /// <summary>Fills a batch up to its longest sentence.</summary>
    public const int PadId = 0;

    /// <summary>Begins a sentence.</summary>
    public const int BosId = 1;

    /// <summary>Ends a sentence.</summary>
    public const int EosId = 2;

    /// <summary>Stands for every token the vocabulary does not hold.</summary>
    public const int UnkId = 3;

    /// <summary>The first four tokens, in the order of their ids.</summary>
    public static IReadOnlyList<string> Markers { get; } = ["<pad>", "<s>", "</s>", "<unk>"];

    private readonly string[] _tokens;
    private readonly Dictionary<string, int> _ids;

    /// <param name="tokens">The ordinary tokens, without the four markers, in the order of their ids.</param>
    /// <exception cref="ArgumentException">A token is empty, holds a line break, or occurs twice.</exception>
    public Vocabulary(IEnumerable<string> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        _tokens = [.. Markers, .. tokens];
        _ids = new Dictionary<string, int>(_tokens.Length, StringComparer.Ordinal);
        for (var id = 0; id < _tokens.Length; id++)
        {
            var token = _tokens[id];
            if (string.IsNullOrEmpty(token) || token.AsSpan().ContainsAny('\n', '\r'))
                throw new ArgumentException($"Token {id} is empty or holds a line break.", nameof(tokens));
            if (!_ids.TryAdd(token, id))
                throw new ArgumentException($"Token '{token}' occurs twice, as {_ids[token]} and as {id}.", nameof(tokens));
        }
    }

    /// <summary>Tokens, the four markers included.</summary>
    public int Count => _tokens.Length;

    /// <summary>The token with an id.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No token has the id.</exception>
    public string this[int id] => (uint)id < (uint)_tokens.Length
        ? _tokens[id]
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"The vocabulary has {_tokens.Length} tokens.");

    /// <summary>The id of a token, <see cref="UnkId"/> if the vocabulary does not hold it.</summary>
    public int IdOf(string token) => _ids.GetValueOrDefault(token, UnkId);

    /// <summary>Whether a token has an id of its own.</summary>
    public bool Contains(string token) => _ids.ContainsKey(token);

    /// <summary>The tokens after the four markers, in the order of their ids.</summary>
    public IEnumerable<string> Words => _tokens.Skip(Markers.Count);

    /// <summary>Whether the id is <c>&lt;pad&gt;</c>, <c>&lt;s&gt;</c> or <c>&lt;/s&gt;</c>, which never stand for text.</summary>
    public static bool IsControl(int id) => id is PadId or BosId or EosId;

    /// <summary>Writes one token a line, the markers first, so that line n (from 0) is id n.</summary>
    public void Save(string path) => File.WriteAllText(path, string.Join('\n', _tokens) + "\n", new UTF8Encoding(false));

    /// <exception cref="UserException">The file is missing or is no vocabulary.</exception>
    public static Vocabulary Load(string path)
    {
        var lines = TextFile.ReadLines(path);
        if (!lines.Take(Markers.Count).SequenceEqual(Markers))
            throw new UserException($"{path} is not a vocabulary: its first lines must be {string.Join(", ", Markers)}.");
        try
        {
            return new Vocabulary(lines.Skip(Markers.Count));
        }
        catch (ArgumentException error)
        {
            throw new UserException($"{path} is not a vocabulary: {Excerpt.Of(error.Message, 150)}", error);
        }
    }
}
