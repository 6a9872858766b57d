using System.Globalization;
using System.Text;

namespace Research.TextVae.Tokenizers;

/// <summary>Which characters make up words.</summary>
internal static class Letters
{
    /// <summary>Whether a letter, mark or number stands at <paramref name="i"/>; <paramref name="units"/> is its length in
    /// UTF-16.</summary>
    public static bool IsWord(string text, int i, out int units)
    {
        units = 0;
        if (i >= text.Length)
            return false;
        var c = text[i];
        units = 1;
        if (c < 128)
            return char.IsAsciiLetterOrDigit(c);
        if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out units) != System.Buffers.OperationStatus.Done)
            return false;
        return Rune.GetUnicodeCategory(rune) is
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber;
    }

    /// <summary>Chinese characters (with 々 and 〇) and Japanese syllables, written without spaces: each is a token of its own.</summary>
    public static bool IsIdeograph(string text, int i, out int units)
    {
        units = 1;
        if (text[i] < 0x3005 || Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out units) != System.Buffers.OperationStatus.Done)
            return false;
        return rune.Value is (>= 0x3005 and <= 0x3007) or (>= 0x3021 and <= 0x3029) or (>= 0x3038 and <= 0x303B)
            or (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);
    }

    /// <summary>
    /// Where the word that begins at <paramref name="start"/> ends: apostrophes and single hyphens within it belong to it,
    /// and so do the points and commas within a number.
    /// </summary>
    public static int WordEnd(string text, int start)
    {
        var i = start;
        while (i < text.Length)
        {
            if (IsWord(text, i, out var units) && !IsIdeograph(text, i, out _))
                i += units;
            else if (i > start && Joins(text, i))
                i++;
            else
                break;
        }

        return i;
    }

    private static bool Joins(string text, int i)
    {
        if (!IsWord(text, i + 1, out _) || IsIdeograph(text, i + 1, out _))
            return false;
        return text[i] switch
        {
            '\'' or '’' => char.IsLetter(text[i + 1]),
            '-' or '‐' or '‑' => true,
            '.' or ',' or ':' => char.IsDigit(text[i - 1]) && char.IsDigit(text[i + 1]),
            _ => false,
        };
    }
}

/// <summary>Unicode code points of UTF-16 text.</summary>
internal static class CodePoints
{
    /// <summary>How many there are; half of a surrogate pair counts as one.</summary>
    public static int Count(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
            return text.Length;
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
            count++;
        return count;
    }
}

/// <summary>English words run together with an apostrophe.</summary>
internal static class Contractions
{
    private static readonly string[] _suffixes = ["s", "d", "m", "ll", "re", "ve"];

    private static readonly string[] _elisions =
        ["tis", "twas", "twere", "twill", "twould", "twixt", "em", "till", "bout", "cause", "neath", "gainst", "mongst"];

    /// <summary>Length of the contraction that ends <paramref name="word"/>: <c>n't</c>, <c>'s</c>, <c>'ll</c>, …; 0 for none.</summary>
    public static int SuffixOf(ReadOnlySpan<char> word)
    {
        var apostrophe = word.LastIndexOfAny('\'', '’');
        if (apostrophe < 1)
            return 0;
        var after = word[(apostrophe + 1)..];
        if (after.Equals("t", StringComparison.OrdinalIgnoreCase))
            return apostrophe > 1 && word[apostrophe - 1] is 'n' or 'N' ? 3 : 0;
        foreach (var suffix in _suffixes)
        {
            if (after.Equals(suffix, StringComparison.OrdinalIgnoreCase))
                return suffix.Length + 1;
        }

        return 0;
    }

    /// <summary>Length of a word that begins with an apostrophe at <paramref name="i"/>, such as <c>'tis</c>; 0 for none.</summary>
    public static int ElisionAt(string text, int i)
    {
        var end = i + 1;
        while (end < text.Length && char.IsLetter(text[end]))
            end++;
        var word = text.AsSpan(i + 1, end - i - 1);
        foreach (var elision in _elisions)
        {
            if (word.Equals(elision, StringComparison.OrdinalIgnoreCase))
                return end - i;
        }

        return 0;
    }

    /// <summary>Whether the token was cut off the word before it and is written against it.</summary>
    public static bool IsSuffix(string token) =>
        token.Equals("n't", StringComparison.OrdinalIgnoreCase)
        || (token.Length > 1 && token[0] == '\'' && _suffixes.Contains(token[1..], StringComparer.OrdinalIgnoreCase));
}

/// <summary>English abbreviations whose dot belongs to the word.</summary>
internal static class Abbreviations
{
    // Always followed by a name or a number: no sentence ends here.
    private static readonly HashSet<string> _titles = new(StringComparer.OrdinalIgnoreCase)
    {
        "mr", "mrs", "ms", "mme", "mlle", "dr", "st", "messrs", "hon", "rev", "capt", "col", "gen", "lieut", "lt", "prof",
        "maj", "sgt", "adm", "gov", "pres", "vol", "fig", "pp", "cf", "vs", "viz", "wm", "jas", "geo", "thos", "chas",
    };

    // May end a sentence.
    private static readonly HashSet<string> _others = new(StringComparer.OrdinalIgnoreCase)
    {
        "esq", "etc", "&c", "jr", "sr", "co", "inc", "ltd", "ult", "inst",
        "jan", "feb", "aug", "sept", "oct", "nov", "dec",
    };

    public static bool IsTitle(string word) => _titles.Contains(word);

    public static bool IsKnown(string word) => _titles.Contains(word) || _others.Contains(word);

    /// <summary>The end of the word that spans <paramref name="start"/> to <paramref name="end"/>, with its dot if it is an
    /// abbreviation.</summary>
    public static int DotEnd(string text, int start, int end)
    {
        if (end >= text.Length || text[end] != '.' || (end + 1 < text.Length && text[end + 1] == '.'))
            return end;
        if (end - start == 1 && char.IsLetter(text[start]))
            return LettersEnd(text, start, end);
        return end - start <= 6 && IsKnown(text[start..end]) ? end + 1 : end;
    }

    // H.M.S. and i.e. as a whole; a single letter keeps its dot when something follows, as in F. Churchill. "I" is a word.
    private static int LettersEnd(string text, int start, int end)
    {
        var i = end;
        while (i + 1 < text.Length && text[i] == '.' && char.IsLetter(text[i + 1]) && !Letters.IsWord(text, i + 2, out _))
            i += 2;
        if (i > end)
            return i < text.Length && text[i] == '.' ? i + 1 : i;
        var next = end + 1;
        while (next < text.Length && char.IsWhiteSpace(text[next]))
            next++;
        return text[start] is not ('i' or 'I') && next > end + 1 && next < text.Length && char.IsLetterOrDigit(text[next]) ? end + 1 : end;
    }
}
