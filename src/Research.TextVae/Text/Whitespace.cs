using System.Text;

namespace Research.TextVae.Text;

/// <summary>White space of every kind.</summary>
internal static class Whitespace
{
    /// <summary>Runs of white space become one space; none is left at the ends.</summary>
    public static string Collapse(string text)
    {
        if (IsCollapsed(text))
            return text;
        var builder = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
                builder.Append(c);
            else if (builder.Length > 0 && builder[^1] != ' ')
                builder.Append(' ');
        }

        if (builder.Length > 0 && builder[^1] == ' ')
            builder.Length--;
        return builder.ToString();
    }

    private static bool IsCollapsed(string text)
    {
        var space = true;
        foreach (var c in text)
        {
            var white = char.IsWhiteSpace(c);
            if (white && (space || c != ' '))
                return false;
            space = white;
        }

        return !space || text.Length == 0;
    }
}
