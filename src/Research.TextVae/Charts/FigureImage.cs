using System.Text.Json.Nodes;
using Research.TextVae.Support;

namespace Research.TextVae.Charts;

/// <summary>Pictures of figures, drawn by the machine's Chromium.</summary>
internal static class FigureImage
{
    /// <summary>Width in CSS pixels of a picture that nobody gave another one.</summary>
    public const int Width = 960;

    // One browser for all pictures of a process: to start one takes longer than to draw.
    private static readonly ChromiumSession Browser = new(PlotlyScript.Source);

    /// <summary>A PNG with two pixels for each CSS pixel.</summary>
    /// <exception cref="UserException">There is no Chromium on this machine, or it failed.</exception>
    public static byte[] Png(Figure figure, int width = Width, int? height = null, Theme? theme = null) =>
        Convert.FromBase64String(Browser.Evaluate($"({PlotlyScript.Picture})({Drawing(figure, "png", width, height, theme)})"));

    /// <inheritdoc cref="Png" path="/exception"/>
    public static string Svg(Figure figure, int width = Width, int? height = null, Theme? theme = null)
    {
        var address = Browser.Evaluate(Drawing(figure, "svg", width, height, theme));
        return Uri.UnescapeDataString(address[(address.IndexOf(',', StringComparison.Ordinal) + 1)..]);
    }

    // JavaScript for the promise of a picture's address.
    private static string Drawing(Figure figure, string format, int width, int? height, Theme? theme)
    {
        var sized = height is { } pixels ? figure.Height(pixels) : figure;
        var image = new JsonObject { ["format"] = format, ["width"] = width, ["scale"] = format == "png" ? 2 : 1 };
        return $$"""
            (async () => {
              const { data, layout } = {{sized.ToJson(theme)}};
              const image = {{image.ToJsonString()}};
              return await Plotly.toImage({ data, layout: { ...layout, width: image.width } }, { ...image, height: layout.height });
            })()
            """;
    }
}
