using System.Globalization;
using System.Text;

namespace Research.TextVae.Support;

/// <summary>Text from outside as it may stand in a message or on a terminal: printable characters only, which say what they say and
/// steer nothing.</summary>
internal static class Excerpt
{
    private const char Unprintable = '\uFFFD';

    /// <summary>The beginning of a text on one line, with an ellipsis where there is more.</summary>
    /// <param name="text">Any text; null is empty.</param>
    /// <param name="most">Characters that are quoted.</param>
    public static string Of(string? text, int most = 60)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        // White space that is left out may be long, but not the whole of a file is looked at.
        var line = Line(text.Length > 4 * most ? text[..(4 * most)] : text);
        if (line.Length <= most)
            return text.Length > 4 * most ? line + "…" : line;
        return (char.IsHighSurrogate(line[most - 1]) ? line[..(most - 1)] : line[..most]) + "…";
    }

    /// <summary>The whole text on one line: line breaks and tabs are a space, what cannot be printed is <c>U+FFFD</c>.</summary>
    public static string Line(string text) => Printable(text, (line, c) =>
    {
        if (c == ' ' || (line.Length > 0 && line[^1] != ' '))
            line.Append(' ');
    }).TrimEnd(' ');

    /// <summary>The text with its line feeds and tabs; what would steer a terminal is <c>U+FFFD</c>.</summary>
    public static string Printable(string text) => Printable(text, (lines, c) => lines.Append(c == '\r' ? Unprintable : c));

    private static string Printable(string text, Action<StringBuilder, char> space)
    {
        var printable = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (i + 1 < text.Length && char.IsSurrogatePair(c, text[i + 1]))
                printable.Append(c).Append(text[++i]);
            else if (c is '\n' or '\r' or '\t' or ' ')
                space(printable, c);
            else
                printable.Append(Steers(c) ? Unprintable : c);
        }

        return printable.ToString();
    }

    // Control characters (escape sequences begin with one), half of a surrogate pair, and what turns the direction of writing.
    private static bool Steers(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Surrogate
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
