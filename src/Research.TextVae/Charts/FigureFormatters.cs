using System.Runtime.CompilerServices;
using Research.TextVae.Support;

namespace Research.TextVae.Charts;

/// <summary>
/// A figure in notebooks, in every form that some front end shows:
/// <list type="bullet">
/// <item>Plotly's JSON, which JupyterLab and VS Code draw where an extension for it is installed, and which keeps the data;</item>
/// <item>HTML that draws itself, which VS Code's notebooks, Polyglot among them, and JupyterLab prefer to a picture;</item>
/// <item>a PNG, for code-hosting sites and all that runs no script.</item>
/// </list>
/// Hosts prefer HTML to PNG even where they strip its scripts, and would show nothing; so the HTML has the picture in it until the
/// script replaces it, and what is stored in a file leaves the HTML out (see OutputCollector of the headless runner).
/// </summary>
internal sealed class FigureFormatters
{
    public const string Plotly = "application/vnd.plotly.v1+json";
    public const string Html = "text/html";
    public const string Png = "image/png";

    private static readonly ConditionalWeakTable<Figure, string> Drawn = new();
    private static int _shown;

#pragma warning disable CA1822 // The convention calls it on an instance.
    public IEnumerable<object> CreateTypeFormatters() =>
#pragma warning restore CA1822
    [
        new TypeFormatter<Figure>(Plotly, figure => figure.ToJson()),
        new TypeFormatter<Figure>(Html, figure =>
            LiveFigure.Of(figure, Picture(figure), bringsLibrary: Interlocked.Exchange(ref _shown, 1) == 0)),
        new TypeFormatter<Figure>(Png, Picture),
        new TypeFormatter<Figure>("text/plain", figure => $"figure: {figure.TitleText ?? "untitled"}"),
    ];

    // Two of the formats need it. Without a browser the others remain.
    private static string? Picture(Figure figure)
    {
        try
        {
            return Drawn.GetValue(figure, static figure => Convert.ToBase64String(FigureImage.Png(figure)));
        }
        catch (UserException)
        {
            return null;
        }
    }
}
