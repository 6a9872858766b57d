using System.Buffers;
using System.Text;

namespace Research.TextVae.Support;

/// <summary>
/// Which encoding a text has that is not UTF-8. There is an answer only where the bytes tell: wrong advice would yield text that
/// looks right and is spoiled.
/// </summary>
internal static class TextEncodingGuess
{
    private const int Sample = 1 << 20, FewestPairs = 5;

    // The most frequent of Chinese, which make a quarter of any text, with comma, full stop and colon; in GB 2312.
    private static readonly HashSet<int> _commonPairs =
    [
        0xB5C4, 0xD2BB, 0xCAC7, 0xB2BB, 0xC1CB, 0xC8CB, 0xCED2, 0xD4DA, 0xD3D0, 0xCBFB, 0xD5E2, 0xD6D0, 0xB4F3, 0xC0B4, 0xC9CF, 0xB9FA,
        0xB8F6, 0xB5BD, 0xCBB5, 0xC3C7, 0xCEAA, 0xD7D3, 0xBACD, 0xC4E3, 0xB5D8, 0xB3F6, 0xB5C0, 0xD2B2, 0xCAB1, 0xC4EA, 0xA3AC, 0xA1A3,
        0xA3BA,
    ];

    /// <summary>The byte order of UTF-16 of mostly Latin text, whose other bytes are 0; null if it is none.</summary>
    public static string? Utf16(ReadOnlySpan<byte> bytes)
    {
        var sample = bytes[..Math.Min(bytes.Length, 4096)];
        int even = 0, odd = 0;
        for (var i = 0; i < sample.Length; i++)
            _ = sample[i] != 0 ? 0 : i % 2 == 0 ? even++ : odd++;
        if (Math.Max(even, odd) <= sample.Length * 0.3 || Math.Min(even, odd) >= sample.Length * 0.05)
            return null;
        return even > odd ? "UTF-16BE" : "UTF-16LE";
    }

    /// <summary>Whether most of what is beyond ASCII is UTF-8.</summary>
    public static bool IsNearlyUtf8(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, Sample)];
        int good = 0, bad = 0;
        while (bytes.Length > 0)
        {
            var status = Rune.DecodeFromUtf8(bytes, out _, out var used);
            if (status != OperationStatus.Done)
                bad++;
            else if (used > 1)
                good++;
            bytes = bytes[used..];
        }

        return bad <= 3 && good + bad > 0 && good >= bad || good > 20 * bad;
    }

    /// <summary>GB18030 for Chinese, WINDOWS-1252 for Western European text; null where it may be another.</summary>
    public static string? Of(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, Sample)];
        if (IsNearlyUtf8(bytes))
            return null;
        return IsChinese(bytes) ? "GB18030" : IsWestern(bytes) ? "WINDOWS-1252" : null;
    }

    // Bytes beyond ASCII in pairs of a first and a second one, often those of the commonest characters.
    private static bool IsChinese(ReadOnlySpan<byte> bytes)
    {
        int pairs = 0, common = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] < 0x80)
                continue;
            if (i + 1 == bytes.Length)
                break;
            var second = bytes[i + 1];
            if (bytes[i] is 0x80 or 0xFF || second is < 0x30 or 0x7F or 0xFF)
                return false;
            pairs++;
            common += _commonPairs.Contains(bytes[i] << 8 | second) ? 1 : 0;
            i++;
        }

        return pairs >= FewestPairs && common > 0.05 * pairs;
    }

    // Single letters with accents or typographic marks among ASCII letters.
    private static bool IsWestern(ReadOnlySpan<byte> bytes)
    {
        int high = 0, single = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] < 0x80)
                continue;
            high++;
            var neighbours = (i == 0 || bytes[i - 1] < 0x80) && (i + 1 == bytes.Length || bytes[i + 1] < 0x80);
            if (neighbours && bytes[i] is >= 0xC0 or (>= 0x91 and <= 0x97) or 0x85 or 0xA0 or 0xA1 or 0xAB or 0xBB or 0xBF)
                single++;
        }

        return high >= FewestPairs && single > 0.9 * high;
    }
}
