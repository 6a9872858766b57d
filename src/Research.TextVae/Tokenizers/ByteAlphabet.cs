using System.Text;

namespace Research.TextVae.Tokenizers;

/// <summary>
/// GPT-2's way to write bytes as visible characters: a byte that is a printable character of Latin-1 stands for itself, the
/// other 68 follow from U+0100 on, so that a space is <c>Ġ</c>.
/// </summary>
internal static class ByteAlphabet
{
    private const int Moved = 0x100;

    private static readonly char[] _characters = Characters();
    private static readonly Dictionary<char, byte> _bytes = Enumerable.Range(0, 256).ToDictionary(b => _characters[b], b => (byte)b);

    /// <summary>The 256 characters in the order of their code points, which is that of the ids in every vocabulary.</summary>
    public static IEnumerable<string> Ordered => _characters.Order().Select(c => c.ToString());

    public static string Encode(byte value) => _characters[value].ToString();

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new char[bytes.Length];
        for (var i = 0; i < text.Length; i++)
            text[i] = _characters[bytes[i]];
        return new string(text);
    }

    /// <summary>The bytes a token stands for; one that is not written in the alphabet stands for its own letters.</summary>
    public static byte[] BytesOf(string token) =>
        token.All(_bytes.ContainsKey) ? [.. token.Select(c => _bytes[c])] : Encoding.UTF8.GetBytes(token);

    private static char[] Characters()
    {
        var next = (char)Moved;
        return [.. Enumerable.Range(0, 256)
            .Select(b => b is (>= '!' and <= '~') or (>= '¡' and <= '¬') or (>= '®' and <= 'ÿ') ? (char)b : next++)];
    }
}
