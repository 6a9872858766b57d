namespace Research.TextVae.Charts;

/// <summary>A page with one figure.</summary>
internal static class FigurePage
{
    public static string Of(Figure figure)
    {
        var title = figure.TitleText is { } text ? $"<h2>{Html.Escape(text)}</h2>\n" : "";
        return HtmlPage.Of(figure.TitleText ?? "Figure",
            $"<main class=\"single\">\n<figure>\n{title}{HtmlPage.Plot(1, figure)}\n</figure>\n</main>", [figure]);
    }
}
