using System.Text;

namespace Research.TextVae.Plots;

/// <summary>A claim of a recipe, and whether it held.</summary>
/// <param name="Text">The claim.</param>
/// <param name="Detail">The numbers it was judged by.</param>
public sealed record ExpectationResult(string Text, bool Passed, string Detail = "")
{
    internal static string ListToHtml(IReadOnlyList<ExpectationResult> results)
    {
        var held = results.Count(result => result.Passed);
        var html = new StringBuilder();
        html.Append($"<p class=\"verdict {(held == results.Count ? "held" : "failed")}\">{held} of {results.Count} expectations held</p>\n<ul class=\"expectations\">\n");
        foreach (var result in results)
        {
            var (style, mark, word) = result.Passed ? ("held", "✓", "held") : ("failed", "✗", "failed");
            html.Append($"<li class=\"{style}\"><span class=\"mark\" role=\"img\" aria-label=\"{word}\">{mark}</span><div>{Html.Prose(result.Text)}");
            if (result.Detail.Length > 0) html.Append($"<div class=\"detail\">{Html.Escape(result.Detail)}</div>");
            html.Append("</div></li>\n");
        }

        return html.Append("</ul>\n").ToString();
    }
}
