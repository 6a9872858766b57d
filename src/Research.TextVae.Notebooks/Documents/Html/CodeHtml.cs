using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Research.TextVae.Notebooks.Engine;

namespace Research.TextVae.Notebooks.Documents.Html;

/// <summary>C# with its keywords, literals and comments marked.</summary>
internal static class CodeHtml
{
    public static string Of(string code)
    {
        if (Submissions.IsDeep(code))
            return WebUtility.HtmlEncode(code);
        var html = new StringBuilder(code.Length * 2);
        foreach (var token in Submissions.Parse(code, "").GetRoot().DescendantTokens())
        {
            foreach (var trivia in token.LeadingTrivia)
                Append(html, trivia.ToFullString(), KindOf(trivia));
            Append(html, token.Text, KindOf(token));
            foreach (var trivia in token.TrailingTrivia)
                Append(html, trivia.ToFullString(), KindOf(trivia));
        }

        return html.ToString();
    }

    private static string? KindOf(SyntaxTrivia trivia) =>
        trivia.IsDirective
            ? "directive"
            : trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
            ? "comment"
            : null;

    private static string? KindOf(SyntaxToken token) => token.Kind() switch
    {
        SyntaxKind.NumericLiteralToken => "number",
        SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.InterpolatedStringTextToken
            or SyntaxKind.InterpolatedStringStartToken
            or SyntaxKind.InterpolatedStringEndToken or SyntaxKind.SingleLineRawStringLiteralToken
                or SyntaxKind.MultiLineRawStringLiteralToken
            or SyntaxKind.Utf8StringLiteralToken or SyntaxKind.InterpolatedVerbatimStringStartToken => "string",
        SyntaxKind.IdentifierToken when token.Text is "var" => "keyword",
        _ when token.IsKeyword() || SyntaxFacts.IsContextualKeyword(token.Kind()) => "keyword",
        _ => null,
    };

    private static void Append(StringBuilder html, string text, string? kind)
    {
        if (text.Length == 0)
            return;
        var encoded = WebUtility.HtmlEncode(text);
        html.Append(kind is null ? encoded : $"<span class=\"{kind}\">{encoded}</span>");
    }
}
