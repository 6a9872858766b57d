using System.Security.Cryptography;
using System.Text;

namespace Research.TextVae.Charts;

/// <summary>
/// The frame of a self-contained page. Its content security policy allows nothing from the network and no script but the two
/// whose hashes it names, so that even text that slipped through unescaped could not run.
/// </summary>
internal static class HtmlPage
{
    public static string Of(string title, string body, IReadOnlyList<Figure> figures)
    {
        var scripts = figures.Count > 0 ? new[] { PlotlyScript.Source, PlotlyScript.Drawing } : [PlotlyScript.Drawing];
        var policy = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; img-src data: blob:; script-src "
            + string.Join(
                ' ', scripts.Select(script => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'"));

        var page = new StringBuilder(2_000_000);
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.Append($"<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n");
        page.Append(
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light "
                + "dark\">\n");
        page.Append($"<title>{Html.Escape(title)}</title>\n<style>\n{PlotlyScript.Style}</style>\n</head>\n<body>\n{body}\n");
        for (var i = 0; i < figures.Count; i++)
            page.Append($"<script type=\"application/json\" id=\"figure-data-{i + 1}\">{PageFigure.ToJson(figures[i])}</script>\n");
        foreach (var script in scripts) page.Append($"<script>{script}</script>\n");
        return page.Append("</body>\n</html>\n").ToString();
    }

    /// <summary>The place where figure <paramref name="number"/> (from 1) is drawn.</summary>
    public static string Plot(int number, Figure figure)
    {
        var height = new PlotlyFigure(figure, Theme.Light).Layout(titled: false)["height"];
        var label = Html.Escape(figure.TitleText ?? "Figure");
        return $"<div class=\"plot\" id=\"figure-{number}\" data-figure=\"figure-data-{number}\" role=\"img\" aria-label=\"{label}\" "
            + $"style=\"height:{height}px\"></div>";
    }
}
