using System.Text;
using System.Text.RegularExpressions;

namespace Research.TextVae.Charts;

/// <summary>Text as HTML. Texts that a model generated are not to be trusted, so everything that enters a page passes through
/// here.</summary>
internal static partial class Html
{
    /// <summary>The text, escaped for element content and for quoted attributes; control characters become visible.</summary>
    public static string Escape(string text)
    {
        var result = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (char.IsHighSurrogate(character) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                result.Append(character).Append(text[++i]);
                continue;
            }

            result.Append(character switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                '\n' => "\n",
                _ when char.IsSurrogate(character) => "\uFFFD",
                _ => VisibleText.Of(character),
            });
        }

        return result.ToString();
    }

    /// <summary>Escaped prose, in which <c>`code`</c> and <c>**strong**</c> are marked up.</summary>
    public static string Prose(string text) =>
        Strong().Replace(Code().Replace(Escape(text), "<code>$1</code>"), "<strong>$1</strong>");

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\*\*([^*\n]+)\*\*")]
    private static partial Regex Strong();
}
