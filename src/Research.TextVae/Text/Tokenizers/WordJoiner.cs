using System.Text;

namespace Research.TextVae.Text;

/// <summary>Writes tokens as readable text: the reverse of <see cref="WordScanner"/>.</summary>
internal static class WordJoiner
{
    public static string Join(IEnumerable<string> tokens)
    {
        var builder = new StringBuilder();
        string? before = null;
        foreach (var token in tokens)
        {
            if (before is not null && (WouldMerge(before, token) || !(TouchesNext(before) || TouchesPrevious(token) || (IsIdeograph(before) && IsIdeograph(token)))))
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
