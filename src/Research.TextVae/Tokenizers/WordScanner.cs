using System.Globalization;
using System.Text;

namespace Research.TextVae.Tokenizers;

/// <summary>Finds the words and punctuation marks of a text; <see cref="WordTokenizer"/> says by which rules.</summary>
internal sealed class WordScanner(bool lowercase)
{
    public const string Unknown = "<unk>", Dash = "--", Blank = "----", Ellipsis = "...";
    public const string OpenQuote = "“", CloseQuote = "”", OpenSingle = "‘", CloseSingle = "’";

    private static readonly string _openers = OpenQuote + OpenSingle + "([{";

    public bool Lowercase => lowercase;

    /// <summary>Unicode form C.</summary>
    public static string Normalize(string text) => CanonicalComposition.Normalize(text);

    public List<string> Words(string text) => Scan(Normalize(text)).ConvertAll(word => word.Value);

    /// <param name="text">Normalized text.</param>
    public List<WordSpan> Scan(string text)
    {
        var words = new List<WordSpan>((text.Length / 4) + 1);
        var quotes = 0;
        for (var i = 0; i < text.Length;)
            i = Next(text, i, words, ref quotes);
        return words;
    }

    // Adds the token or tokens at position i and returns where they end.
    private int Next(string text, int i, List<WordSpan> words, ref int quotes)
    {
        var c = text[i];
        if (char.IsWhiteSpace(c) || char.IsControl(c) || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.Format)
            return i + 1;
        if (Letters.IsWord(text, i, out _) && !Letters.IsIdeograph(text, i, out _))
            return Word(text, i, words);
        switch (c)
        {
            case '"' or '“' or '”' or '„' or '‟':
                return Add(words, Opens(text, i, words, c, quotes++) ? OpenQuote : CloseQuote, i, i + 1);
            case '\'' or '’' or '‘' or '`':
                if (Contractions.ElisionAt(text, i) is var length and > 0)
                    return Add(words, "'" + Cased(text.AsSpan(i + 1, length - 1)), i, i + length);
                return Add(words, Opens(text, i, words, c, 0) ? OpenSingle : CloseSingle, i, i + 1);
            case '-' or '–' or '—' or '―':
                return Hyphens(text, i, words);
            case '…':
                return Add(words, Ellipsis, i, i + 1);
            case '.':
                var dots = Run(text, i, '.');
                return Add(words, dots > 1 ? Ellipsis : ".", i, i + dots);
            case '&' when text.AsSpan(i).StartsWith("&c", StringComparison.OrdinalIgnoreCase) && !Letters.IsWord(text, i + 2, out _):
                return Add(words, Cased(text.AsSpan(i, 2)) + (Run(text, i + 2, '.') == 1 ? "." : ""), i,
                    i + (Run(text, i + 2, '.') == 1 ? 3 : 2));
            case '<' when text.AsSpan(i).StartsWith(Unknown, StringComparison.Ordinal):
                return Add(words, Unknown, i, i + Unknown.Length);
            default:
                // A whole user-perceived character, so that an emoji and its modifiers stay one token.
                var size = Letters.IsIdeograph(text, i, out var units) ? units : StringInfo.GetNextTextElementLength(text, i);
                return Add(words, Cased(text.AsSpan(i, size)), i, i + size);
        }
    }

    private int Word(string text, int start, List<WordSpan> words)
    {
        var end = Letters.WordEnd(text, start);
        // Contractions come off the end, the last one first: would n't 've.
        var cut = end;
        var cuts = 0;
        Span<int> ends = stackalloc int[4];
        while (cuts < ends.Length && Contractions.SuffixOf(text.AsSpan(start, cut - start)) is var suffix and > 0)
        {
            ends[cuts++] = cut;
            cut -= suffix;
        }

        var stop = cuts == 0 ? Abbreviations.DotEnd(text, start, end) : cut;
        Add(words, Cased(text.AsSpan(start, stop - start)), start, stop);
        for (var k = cuts - 1; k >= 0; k--)
        {
            Add(words, Cased(text.AsSpan(cut, ends[k] - cut)), cut, ends[k]);
            cut = ends[k];
        }

        return Math.Max(stop, end);
    }

    private static int Hyphens(string text, int i, List<WordSpan> words)
    {
        var end = i;
        while (end < text.Length && text[end] is '-' or '–' or '—' or '―')
            end++;
        // A lone hyphen between spaces is meant as a dash.
        var apart = (i == 0 || char.IsWhiteSpace(text[i - 1])) && (end == text.Length || char.IsWhiteSpace(text[end]));
        var value = end - i == 1 && text[i] == '-' && !apart ? "-" : Run(text, i, '-') > 3 ? Blank : Dash;
        return Add(words, value, i, end);
    }

    // A straight quotation mark opens when something follows it directly and nothing but an opening mark or a dash precedes it.
    private static bool Opens(string text, int i, List<WordSpan> words, char mark, int quotesBefore)
    {
        if (mark is '“' or '„' or '‟' or '‘')
            return true;
        if (mark is '”')
            return false;
        var apartLeft = i == 0 || char.IsWhiteSpace(text[i - 1]);
        var apartRight = i + 1 == text.Length || char.IsWhiteSpace(text[i + 1]);
        if (apartLeft && apartRight)
            return i + 1 < text.Length && quotesBefore % 2 == 0;
        if (apartRight)
            return false;
        return apartLeft || words.Count == 0 || words[^1].Value is var last
            && (last == Dash || _openers.Contains(last, StringComparison.Ordinal));
    }

    private static int Run(string text, int i, char c)
    {
        var end = i;
        while (end < text.Length && text[end] == c)
            end++;
        return end - i;
    }

    private static int Add(List<WordSpan> words, string value, int start, int end)
    {
        words.Add(new WordSpan(value, start, end));
        return end;
    }

    private string Cased(ReadOnlySpan<char> word)
    {
        Span<char> value = word.Length <= 128 ? stackalloc char[word.Length] : new char[word.Length];
        if (lowercase)
            word.ToLowerInvariant(value);
        else
            word.CopyTo(value);
        value.Replace('’', '\'');
        return value.ToString();
    }
}

/// <summary>A word or punctuation mark and its place in the normalized text.</summary>
internal readonly record struct WordSpan(string Value, int Start, int End);

/// <summary>Writes tokens as readable text: the reverse of <see cref="WordScanner"/>.</summary>
internal static class WordJoiner
{
    public static string Join(IEnumerable<string> tokens)
    {
        var builder = new StringBuilder();
        string? before = null;
        foreach (var token in tokens)
        {
            if (before is not null
                && (WouldMerge(before, token)
                || !(TouchesNext(before) || TouchesPrevious(token) || (IsIdeograph(before) && IsIdeograph(token)))))
                builder.Append(' ');
            builder.Append(token switch
            {
                WordScanner.OpenQuote or WordScanner.CloseQuote => "\"",
                WordScanner.OpenSingle or WordScanner.CloseSingle => "'",
                _ => token,
            });
            before = token;
        }

        return builder.ToString();
    }

    // Dots and hyphens written together would read as an ellipsis or a longer dash.
    private static bool WouldMerge(string before, string token) => token[0] is '.' or '-' && before[^1] == token[0];

    private static bool TouchesNext(string token) =>
        token is "(" or "[" or "{" or "£" or "$" or "€" or "#" or "/" or "-" or "_"
            or "。" or "，" or "、" or "！" or "？" or "；" or "：" or "（" or "「" or "『" or "《"
            or WordScanner.OpenQuote or WordScanner.OpenSingle or WordScanner.Dash;

    private static bool TouchesPrevious(string token) =>
        token is "." or "," or ";" or ":" or "!" or "?" or ")" or "]" or "}" or "%" or "/" or WordScanner.Ellipsis
            or "。" or "，" or "、" or "！" or "？" or "；" or "：" or "）" or "」" or "』" or "》"
            or WordScanner.CloseQuote or WordScanner.CloseSingle or WordScanner.Dash
        || Contractions.IsSuffix(token);

    private static bool IsIdeograph(string token) => Letters.IsIdeograph(token, 0, out _);
}
