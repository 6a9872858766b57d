using Research.TextVae.Plots;

namespace Research.TextVae.Display;

/// <summary>A figure as Plotly's JSON, which front ends draw, and as a picture for those that do not.</summary>
internal sealed class FigureFormatters
{
    public const string Plotly = "application/vnd.plotly.v1+json";
    public const string Png = "image/png";

#pragma warning disable CA1822 // The convention calls it on an instance.
    public IEnumerable<object> CreateTypeFormatters() =>
#pragma warning restore CA1822
    [
        new TypeFormatter<Figure>(Plotly, figure => figure.ToJson()),
        new TypeFormatter<Figure>(Png, Picture),
        new TypeFormatter<Figure>("text/plain", figure => $"figure: {figure.TitleText ?? "untitled"}"),
    ];

    // Without a browser the other formats remain.
    private static string? Picture(Figure figure)
    {
        try
        {
            return Convert.ToBase64String(FigurePng.Bytes(figure));
        }
        catch (UserErrorException)
        {
            return null;
        }
    }
}
