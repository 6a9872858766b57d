namespace Research.TextVae.Tokenizers;

/// <summary>
/// Cuts text into the pieces within which GPT-2 merges bytes (Radford et al. 2019, <c>encoder.py</c>):
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>. The pieces joined are the text.
/// </summary>
internal static class Gpt2Words
{
    /// <summary>Where the piece that begins at <paramref name="start"/> ends.</summary>
    public static int End(ReadOnlySpan<char> text, int start)
    {
        var table = CharacterClasses.Table;
        var first = text[start];
        if (first == '\'' && ContractionLength(text[start..]) is var length and > 0)
            return start + length;
        // One space belongs to what follows it.
        var run = first == ' ' && start + 1 < text.Length ? start + 1 : start;
        var kind = ClassAt(table, text, run, out var units);
        var end = RunEnd(table, text, run + units, kind);
        // \s+(?!\S): the last of several spaces is left to what follows.
        return kind == CharacterClasses.Space && end < text.Length && end - start > 1 ? end - 1 : end;
    }

    internal static int RunEnd(ReadOnlySpan<byte> table, ReadOnlySpan<char> text, int i, byte kind)
    {
        while (i < text.Length)
        {
            var next = table[text[i]];
            if (next == kind)
                i++;
            else if (next == CharacterClasses.Surrogate && ClassAt(table, text, i, out var units) == kind)
                i += units;
            else
                break;
        }

        return i;
    }

    // A lone surrogate counts as U+FFFD, which it becomes in UTF-8.
    internal static byte ClassAt(ReadOnlySpan<byte> table, ReadOnlySpan<char> text, int i, out int units)
    {
        units = 1;
        var kind = table[text[i]];
        if (kind != CharacterClasses.Surrogate)
            return kind;
        if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            return CharacterClasses.Other;
        units = 2;
        return table[char.ConvertToUtf32(text[i], text[i + 1])];
    }

    private static int ContractionLength(ReadOnlySpan<char> text) => text switch
    {
        ['\'', 's' or 't' or 'm' or 'd', ..] => 2,
        ['\'', 'r', 'e', ..] or ['\'', 'v', 'e', ..] or ['\'', 'l', 'l', ..] => 3,
        _ => 0,
    };
}
