using System.Globalization;
using System.Text;

namespace Research.TextVae.Text;

/// <summary>Which characters make up words.</summary>
internal static class Letters
{
    /// <summary>Whether a letter, mark or number stands at <paramref name="i"/>; <paramref name="units"/> is its length in UTF-16.</summary>
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
        return rune.Value is (>= 0x3005 and <= 0x3007) or (>= 0x3021 and <= 0x3029) or (>= 0x3038 and <= 0x303B) or (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);
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
