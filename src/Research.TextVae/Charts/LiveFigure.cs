namespace Research.TextVae.Charts;

/// <summary>A figure as markup for the output of a notebook's cell, which needs no network.</summary>
internal static class LiveFigure
{
    /// <param name="picture">A PNG in base64 for where scripts do not run, or null.</param>
    /// <param name="bringsLibrary">Whether plotly.js comes along, compressed to two thirds of a megabyte; one figure of a page is
    /// enough.</param>
    public static string Of(Figure figure, string? picture, bool bringsLibrary)
    {
        var id = $"textvae-{Guid.NewGuid():N}";
        var title = Html.Escape(figure.TitleText ?? "Figure");
        var instead = picture is null
            ? $"<em>{title}: run the notebook to see this figure</em>"
            : $"<img alt=\"{title}\" style=\"max-width:100%\" src=\"data:image/png;base64,{picture}\">";
        var library = bringsLibrary ? $"\"{PlotlyScript.Compressed}\"" : "null";
        return $"<div id=\"{id}\">{instead}</div><script>({PlotlyScript.Live})(\"{id}\", {figure.ToJson()}, {library});</script>";
    }
}
