namespace Research.TextVae.Tokenizers;

/// <summary>Which expression cuts text into the pieces within which bytes are merged.</summary>
internal enum WordPattern
{
    /// <summary>That of GPT-2 (<see cref="Gpt2Words"/>).</summary>
    Gpt2,

    /// <summary>That of Llama 3, which takes up to three digits together.</summary>
    Llama3,

    /// <summary>That of Qwen 2 and 3, which takes every digit by itself.</summary>
    Qwen2,
}

/// <summary>Cuts text by any of the patterns. The pieces joined are the text.</summary>
internal static class WordPatterns
{
    // What differs between the two is how many digits stand together.
    private const string Before = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}";
    private const string After = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private static readonly (WordPattern Pattern, string Expression)[] _expressions =
        [(WordPattern.Gpt2, Gpt2), (WordPattern.Llama3, Before + "{1,3}" + After), (WordPattern.Qwen2, Before + After)];

    /// <summary>The expression as Hugging Face's files have it.</summary>
    public static string Expression(WordPattern pattern) => _expressions.First(item => item.Pattern == pattern).Expression;

    /// <summary>The pattern of that expression, or null where it is another one.</summary>
    public static WordPattern? Find(string? expression) =>
        Array.FindIndex(_expressions, item => item.Expression == expression) is var i and >= 0 ? _expressions[i].Pattern : null;

    /// <summary>Where the piece that begins at <paramref name="start"/> ends.</summary>
    public static int End(WordPattern pattern, ReadOnlySpan<char> text, int start) => pattern == WordPattern.Gpt2
        ? Gpt2Words.End(text, start)
        : Llama3End(text, start, mostDigits: pattern == WordPattern.Llama3 ? 3 : 1);

    private static int Llama3End(ReadOnlySpan<char> text, int start, int mostDigits)
    {
        var table = CharacterClasses.Table;
        var first = text[start];
        if (first == '\'' && ContractionLength(text[start..]) is var length and > 0)
            return start + length;
        var kind = Gpt2Words.ClassAt(table, text, start, out var units);
        var next = start + units;
        if (kind == CharacterClasses.Number)
            return DigitsEnd(table, text, next, mostDigits - 1);
        if (kind == CharacterClasses.Letter)
            return Gpt2Words.RunEnd(table, text, next, kind);
        // [^\r\n\p{L}\p{N}]?\p{L}+
        if (first is not ('\r' or '\n') && IsAt(table, text, next, CharacterClasses.Letter))
            return Gpt2Words.RunEnd(table, text, next, CharacterClasses.Letter);
        // ' ?[^\s\p{L}\p{N}]+[\r\n]*'
        if (kind == CharacterClasses.Other || (first == ' ' && IsAt(table, text, next, CharacterClasses.Other)))
            return LineBreaksEnd(text, Gpt2Words.RunEnd(table, text, next, CharacterClasses.Other));
        var end = Gpt2Words.RunEnd(table, text, next, CharacterClasses.Space);
        // \s*[\r\n]+
        if (text[start..end].LastIndexOfAny('\r', '\n') is var lineBreak and >= 0)
            return start + lineBreak + 1;
        // \s+(?!\S)
        return end < text.Length && end - start > 1 ? end - 1 : end;
    }

    private static bool IsAt(ReadOnlySpan<byte> table, ReadOnlySpan<char> text, int at, byte kind) =>
        at < text.Length && Gpt2Words.ClassAt(table, text, at, out _) == kind;

    private static int DigitsEnd(ReadOnlySpan<byte> table, ReadOnlySpan<char> text, int at, int most)
    {
        for (; most > 0 && at < text.Length && Gpt2Words.ClassAt(table, text, at, out var units) == CharacterClasses.Number; most--)
            at += units;
        return at;
    }

    private static int LineBreaksEnd(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ('\r' or '\n'))
            at++;
        return at;
    }

    // In any case, to which the long s belongs.
    private static int ContractionLength(ReadOnlySpan<char> text) => text switch
    {
        ['\'', 's' or 'S' or 'ſ' or 't' or 'T' or 'm' or 'M' or 'd' or 'D', ..] => 2,
        ['\'', 'r' or 'R', 'e' or 'E', ..] or ['\'', 'v' or 'V', 'e' or 'E', ..] or ['\'', 'l' or 'L', 'l' or 'L', ..] => 3,
        _ => 0,
    };
}
