namespace Research.TextVae.Text;

/// <summary>English words run together with an apostrophe.</summary>
internal static class Contractions
{
    private static readonly string[] s_suffixes = ["s", "d", "m", "ll", "re", "ve"];

    private static readonly string[] s_elisions = ["tis", "twas", "twere", "twill", "twould", "twixt", "em", "till", "bout", "cause", "neath", "gainst", "mongst"];

    /// <summary>Length of the contraction that ends <paramref name="word"/>: <c>n't</c>, <c>'s</c>, <c>'ll</c>, …; 0 for none.</summary>
    public static int SuffixOf(ReadOnlySpan<char> word)
    {
        var apostrophe = word.LastIndexOfAny('\'', '’');
        if (apostrophe < 1)
            return 0;
        var after = word[(apostrophe + 1)..];
        if (after.Equals("t", StringComparison.OrdinalIgnoreCase))
            return apostrophe > 1 && word[apostrophe - 1] is 'n' or 'N' ? 3 : 0;
        foreach (var suffix in s_suffixes)
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
        foreach (var elision in s_elisions)
        {
            if (word.Equals(elision, StringComparison.OrdinalIgnoreCase))
                return end - i;
        }

        return 0;
    }

    /// <summary>Whether the token was cut off the word before it and is written against it.</summary>
    public static bool IsSuffix(string token) =>
        token.Equals("n't", StringComparison.OrdinalIgnoreCase)
        || (token.Length > 1 && token[0] == '\'' && s_suffixes.Contains(token[1..], StringComparer.OrdinalIgnoreCase));
}
