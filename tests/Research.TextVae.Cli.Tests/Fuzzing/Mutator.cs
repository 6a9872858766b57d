using System.Text;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Tests.Fuzzing;

/// <summary>Changes a valid input into one that is nearly valid; what comes out follows from the random numbers alone.</summary>
internal static class Mutator
{
    private const int MostBytes = 1 << 16;

    private static readonly byte[] _bytes =
        [0, 1, 9, (byte)' ', (byte)'\n', (byte)'\r', .. "\"'\\{}[]<>,:.-=|0"u8, 0x1B, 0x7F, 0x80, 0xC0, 0xED, 0xFF];

    private static readonly long[] _numbers =
        [0, -1, 1, 0x7F, 0x80, 0xFFFF, 0x10000, int.MaxValue, int.MinValue, 0x40000000, uint.MaxValue, long.MaxValue, long.MinValue];

    private static readonly byte[][] _pieces =
    [
        .. new[]
        {
            "null", "true", "[]", "{}", "[null]", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "\\ud800", "-1", "0", "0.5", "1e999", "-0",
            "2147483648", "99999999999999999999", "1,000", "NaN", "0x10", "null,", "\"a\":1,\"a\":2,", "../../x", "/etc/passwd", "<script>",
            "javascript:alert(1)", "\u001b[31m", "\u0000", "\u202E", "\uFEFF", "é", "中文。", "\r\n", " | ", "--", "$", "%s{0}",
            new string('x', 12_000), new string('[', 2_000), string.Concat(Enumerable.Repeat("{\"a\":", 500)), new string('\n', 300),
        }.Select(Encoding.UTF8.GetBytes),
        [0xED, 0xA0, 0x80], [0xC3, 0x28], [0xFF, 0xFE], [0xF4, 0x90, 0x80, 0x80],
    ];

    /// <summary>A seed with one to four changes.</summary>
    public static byte[] Mutate(IReadOnlyList<byte[]> seeds, StableRandom random)
    {
        var input = seeds[random.Next(seeds.Count)];
        for (var changes = 1 + random.Next(4); changes > 0; changes--)
            input = Change(input, seeds, random);
        return input.Length <= MostBytes ? input : input[..MostBytes];
    }

    private static byte[] Change(byte[] input, IReadOnlyList<byte[]> seeds, StableRandom random)
    {
        if (input.Length == 0)
            return [.. Piece(random)];
        var (at, length) = (random.Next(input.Length), 1 + random.Next(Math.Min(16, input.Length)));
        var end = Math.Min(input.Length, at + length);
        switch (random.Next(12))
        {
            case 0:
                return With(input, at, (byte)(input[at] ^ (1 << random.Next(8))));
            case 1:
                return With(input, at, _bytes[random.Next(_bytes.Length)]);
            case 2:
                return [.. input[..at], .. input[end..]];
            case 3:
                return [.. input[..end], .. input[at..end], .. input[end..]];
            case 4:
                return input[..at];
            case 5:
                return [.. input[..at], .. Piece(random), .. input[at..]];
            case 6:
                return Number(input, at, random);
            case 7:
                var other = seeds[random.Next(seeds.Count)];
                return [.. input[..at], .. other[Math.Min(at, other.Length)..]];
            case 8:
                var (from, to) = (random.Next(input.Length), random.Next(input.Length));
                return [.. input[..at], .. input[Math.Min(from, to)..Math.Max(from, to)], .. input[at..]];
            default:
                return Token(input, at, random);
        }
    }

    private static byte[] Piece(StableRandom random) => _pieces[random.Next(_pieces.Length)];

    private static byte[] With(byte[] input, int at, byte value)
    {
        var changed = (byte[])input.Clone();
        changed[at] = value;
        return changed;
    }

    // A number in two, four or eight bytes of either order.
    private static byte[] Number(byte[] input, int at, StableRandom random)
    {
        var bytes = BitConverter.GetBytes(_numbers[random.Next(_numbers.Length)])[..(1 << (1 + random.Next(3)))];
        if (random.Next(2) == 0)
            Array.Reverse(bytes);
        var changed = (byte[])input.Clone();
        for (var i = 0; i < bytes.Length && at + i < changed.Length; i++)
            changed[at + i] = bytes[i];
        return changed;
    }

    // The string, number or word that lies there gives way to something else.
    private static byte[] Token(byte[] input, int at, StableRandom random)
    {
        var quote = Array.IndexOf(input, (byte)'"', at);
        if (quote >= 0 && random.Next(2) == 0)
        {
            var close = Array.IndexOf(input, (byte)'"', quote + 1);
            return close < 0 ? input : [.. input[..quote], .. Piece(random), .. input[(close + 1)..]];
        }

        var (start, end) = (at, at);
        while (start > 0 && IsWord(input[start - 1]))
            start--;
        while (end < input.Length && IsWord(input[end]))
            end++;
        return [.. input[..start], .. Piece(random), .. input[end..]];
    }

    private static bool IsWord(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'.' or (byte)'-' or (byte)'+' or >= 0x80;
}
