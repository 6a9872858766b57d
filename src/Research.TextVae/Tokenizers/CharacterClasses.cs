using System.Globalization;

namespace Research.TextVae.Tokenizers;

/// <summary>
/// Letters, numbers and white space of Unicode 16.0, from a table of our own: the runtime's grows with its version, and ids
/// must not depend on the host.
/// </summary>
internal static class CharacterClasses
{
    public const byte Other = 0, Letter = 1, Number = 2, Space = 3;

    /// <summary>The class of half a character beyond U+FFFF: the whole one must be looked up.</summary>
    public const byte Surrogate = 4;

    private static readonly byte[] _table = Read();

    /// <summary>The class of every code point.</summary>
    public static ReadOnlySpan<byte> Table => _table;

    private static byte[] Read()
    {
        var table = new byte[0x110000];
        using var reader = new StreamReader(typeof(CharacterClasses).Assembly.GetManifestResourceStream("character-classes.txt")!);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            var fields = line.Split(' ');
            var kind = fields[0] switch { "L" => Letter, "N" => Number, _ => Space };
            table.AsSpan(Hex(fields[1])..(Hex(fields[2]) + 1)).Fill(kind);
        }

        table.AsSpan(0xD800, 0x800).Fill(Surrogate);
        return table;
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
