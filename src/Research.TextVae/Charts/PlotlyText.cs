using System.Text;

namespace Research.TextVae.Charts;

/// <summary>
/// Plotly reads a small HTML dialect in every label (b, br, a, s, …), so a token such as <c>&lt;s&gt;</c> would vanish and a model
/// could write markup. Every text of a figure therefore passes through here.
/// </summary>
internal static class PlotlyText
{
    private const int LineLength = 60;
    private const int MaximumLength = 600;

    /// <summary>The text as Plotly shows it literally: markup escaped, line ends as breaks, control characters visible.</summary>
    public static string Escape(string text)
    {
        var result = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            result.Append(character switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '\n' => "<br>",
                _ => VisibleText.Of(character),
            });
        }

        return result.ToString();
    }

    /// <summary>Hover boxes do not wrap by themselves: break long texts at spaces, or inside words that are longer than a line.</summary>
    public static string EscapeHover(string text)
    {
        if (text.Length > MaximumLength) text = text[..MaximumLength] + "…";
        return string.Join("<br>", text.Split('\n').SelectMany(Wrap).Select(Escape));
    }

    private static IEnumerable<string> Wrap(string line)
    {
        while (line.Length > LineLength)
        {
            var space = line.LastIndexOf(' ', LineLength);
            var end = space > 0 ? space : LineLength;
            yield return line[..end];
            line = line[end..].TrimStart();
        }

        yield return line;
    }
}
