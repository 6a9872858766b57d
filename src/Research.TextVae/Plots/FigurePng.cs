using System.Text.RegularExpressions;

namespace Research.TextVae.Plots;

/// <summary>Pictures of figures, drawn by the machine's Chromium.</summary>
public static partial class FigurePng
{
    /// <summary>Writes the figure as a PNG of <paramref name="width"/> × <paramref name="height"/> CSS pixels, twice as many in the file.</summary>
    /// <exception cref="UserErrorException">There is no Chromium on this machine, or it failed.</exception>
    public static void Render(Figure figure, string path, int width = 960, int height = 480, Theme? theme = null) =>
        AtomicFile.Write(path, stream => stream.Write(Bytes(figure, width, height, theme)));

    /// <summary>The same picture in memory.</summary>
    /// <inheritdoc cref="Render" path="/exception"/>
    public static byte[] Bytes(Figure figure, int width = 960, int height = 480, Theme? theme = null)
    {
        var page = Path.Combine(Path.GetTempPath(), $"textvae-figure-{Guid.NewGuid():N}.html");
        try
        {
            File.WriteAllText(page, Page(figure.Height(height).ToJson(theme), width, height));
            var match = Picture().Match(Chromium.DumpDocument(page));
            if (!match.Success) throw new InvalidOperationException("plotly.js did not draw the figure.");
            return Convert.FromBase64String(match.Groups[1].Value);
        }
        finally
        {
            File.Delete(page);
        }
    }

    private static string Page(string json, int width, int height) => $$"""
        <!DOCTYPE html><meta charset="utf-8"><script>{{PlotlyScript.Source}}</script>
        <script type="application/json" id="figure">{{json}}</script><pre id="picture"></pre>
        <script>
        const { data, layout } = JSON.parse(document.getElementById("figure").textContent);
        Plotly.toImage({ data, layout: { ...layout, width: {{width}}, height: {{height}} } }, { format: "png", width: {{width}}, height: {{height}}, scale: 2 })
          .then(url => { document.getElementById("picture").textContent = url; });
        </script>
        """;

    [GeneratedRegex("<pre id=\"picture\">data:image/png;base64,([A-Za-z0-9+/=]+)</pre>")]
    private static partial Regex Picture();
}
