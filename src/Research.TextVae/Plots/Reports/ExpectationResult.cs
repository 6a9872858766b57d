using System.Text;

namespace Research.TextVae.Plots;

/// <summary>A claim of a recipe, and whether it held.</summary>
/// <param name="Text">The claim.</param>
/// <param name="Passed">Whether it held; null when the run was too small to tell.</param>
/// <param name="Detail">The numbers it was judged by.</param>
public sealed record ExpectationResult(string Text, bool? Passed, string Detail = "")
{
    internal static string ListToHtml(IReadOnlyList<ExpectationResult> results)
    {
        var held = results.Count(result => result.Passed == true);
        var judged = results.Count(result => result.Passed is not null);
        var verdict = judged == 0 ? "not checked at this size" : $"{held} of {judged} expectations held";
        var html = new StringBuilder();
        html.Append($"<p class=\"verdict {Style(judged == 0 ? null : held == judged)}\">{verdict}</p>\n<ul class=\"expectations\">\n");
        foreach (var result in results)
        {
            var mark = result.Passed switch { true => "✓", false => "✗", null => "–" };
            var style = Style(result.Passed);
            html.Append($"<li class=\"{style}\"><span class=\"mark\" role=\"img\" aria-label=\"{style}\">{mark}</span><div>{Html.Prose(result.Text)}");
            if (result.Detail.Length > 0) html.Append($"<div class=\"detail\">{Html.Escape(result.Detail)}</div>");
            html.Append("</div></li>\n");
        }

        return html.Append("</ul>\n").ToString();
    }

    private static string Style(bool? passed) => passed switch { true => "held", false => "failed", null => "unchecked" };
}
