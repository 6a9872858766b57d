using System.Text;

namespace Research.TextVae.Text;

/// <summary>Puts lines broken at a margin together again.</summary>
internal static class Paragraphs
{
    /// <summary>Blocks divided by blank lines, each as one line; underscores that mark emphasis are removed.</summary>
    public static IEnumerable<string> Join(IEnumerable<string> lines)
    {
        var block = new StringBuilder();
        foreach (var line in lines.Append(""))
        {
            var text = line.AsSpan().Trim();
            if (text.Length > 0)
                Append(block, text);
            else if (block.Length > 0)
                yield return Take(block);
        }
    }

    // A line that ends in a hyphen or dash, or the next that begins with a dash, was broken without a space.
    private static void Append(StringBuilder block, ReadOnlySpan<char> line)
    {
        if (block.Length > 0 && block[^1] is not ('-' or '—') && !line.StartsWith("--") && !line.StartsWith("—"))
            block.Append(' ');
        block.Append(line);
    }

    private static string Take(StringBuilder block)
    {
        var text = WithoutEmphasis(block.Replace('\t', ' ').ToString());
        block.Clear();
        return Whitespace.Collapse(text);
    }

    // _word_ is emphasis in plain text editions; snake_case is not.
    private static string WithoutEmphasis(string text)
    {
        if (!text.Contains('_'))
            return text;
        var builder = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var within = i > 0 && i + 1 < text.Length && char.IsLetterOrDigit(text[i - 1]) && char.IsLetterOrDigit(text[i + 1]);
            if (text[i] != '_' || within)
                builder.Append(text[i]);
        }

        return builder.ToString();
    }
}
