using System.Text;
using Research.TextVae.Support;

namespace Research.TextVae.Tests.Text;

/// <summary>Texts that go wrong where anything can: every plane of Unicode, all kinds of space, contractions, lone surrogates, long
/// words.</summary>
internal static class RandomUnicode
{
    private static readonly string[] _pieces =
    [
        "'s", "'S", "'re", "'ve'll", "''d", " the", "The", "  ", " \n ", "\r\n", "\t", "\u00A0", "\u3000 ", "\u0085", "\u200B", "é",
        "e\u0301", "中文", "〇々", "½", "٣", "Ⅷ",
        "👍🏽", "👩‍👩‍👧", "ǅ", "İ", "ẞ", "<s>", "Ġ", "\0", "\uFEFF", "\uFFFD",
    ];

    public static IEnumerable<string> Texts(int count, ulong seed)
    {
        var random = new StableRandom(seed);
        for (var i = 0; i < count; i++)
            yield return string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => Piece(random)));
        yield return new string('a', 5_000);
        yield return string.Concat(Enumerable.Repeat("長い言葉", 400));
        yield return string.Concat(Enumerable.Range(0, 2_000).Select(_ => (char)('a' + random.Next(26))));
        yield return new string(' ', 1_000);
    }

    private static string Piece(StableRandom random) => random.Next(6) switch
    {
        0 => ((char)random.Next(0x80)).ToString(),
        1 => ((char)('a' + random.Next(26))).ToString(),
        2 => ((char)random.Next(0x10000)).ToString(),
        3 => new Rune(random.Next(0x100000) + 0x10000).ToString(),
        _ => _pieces[random.Next(_pieces.Length)],
    };
}
