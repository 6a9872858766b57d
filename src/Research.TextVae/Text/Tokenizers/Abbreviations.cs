namespace Research.TextVae.Text;

/// <summary>English abbreviations whose dot belongs to the word.</summary>
internal static class Abbreviations
{
    // Always followed by a name or a number: no sentence ends here.
    private static readonly HashSet<string> s_titles = new(StringComparer.OrdinalIgnoreCase)
    {
        "mr", "mrs", "ms", "mme", "mlle", "dr", "st", "messrs", "hon", "rev", "capt", "col", "gen", "lieut", "lt", "prof",
        "maj", "sgt", "adm", "gov", "pres", "vol", "fig", "pp", "cf", "vs", "viz", "wm", "jas", "geo", "thos", "chas",
    };

    // May end a sentence.
    private static readonly HashSet<string> s_others = new(StringComparer.OrdinalIgnoreCase)
    {
        "esq", "etc", "&c", "jr", "sr", "co", "inc", "ltd", "ult", "inst",
        "jan", "feb", "aug", "sept", "oct", "nov", "dec",
    };

    public static bool IsTitle(string word) => s_titles.Contains(word);

    public static bool IsKnown(string word) => s_titles.Contains(word) || s_others.Contains(word);

    /// <summary>The end of the word that spans <paramref name="start"/> to <paramref name="end"/>, with its dot if it is an abbreviation.</summary>
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
