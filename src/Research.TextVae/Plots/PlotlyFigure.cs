using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Research.TextVae.Plots;

/// <summary>A figure in one theme, with every name's colour settled, written as plotly.js takes it.</summary>
internal sealed class PlotlyFigure
{
    /// <summary>
    /// Leaves letters of all scripts readable; still escapes <c>&lt; &gt; &amp; ' "</c> and U+2028/2029, so that the JSON can stand
    /// inside a script element.
    /// </summary>
    public static readonly JsonSerializerOptions JsonOptions = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    private readonly Figure figure;
    private readonly Theme theme;
    private readonly List<string> names;

    public PlotlyFigure(Figure figure, Theme theme)
    {
        (this.figure, this.theme) = (figure, theme);
        Panels = figure.Panels.IsEmpty ? [figure] : figure.Panels;
        names = [.. Panels.SelectMany(panel => panel.Traces.Select(Key).Where((_, i) => panel.Traces[i].Color is null)).Distinct()];
    }

    public IReadOnlyList<Figure> Panels { get; }

    public string ToJson() => new JsonObject { ["data"] = Data(), ["layout"] = Layout(), ["config"] = Config() }.ToJsonString(JsonOptions);

    public JsonArray Data()
    {
        var data = new JsonArray();
        var inLegend = new HashSet<string>();
        for (var panel = 0; panel < Panels.Count; panel++)
        {
            foreach (var (trace, i) in Panels[panel].Traces.Select((trace, i) => (trace, i)))
            {
                var slot = trace.Color is null ? names.IndexOf(Key(trace, i)) : 0;
                var color = trace.Color?.In(theme)
                    ?? (figure.OrderedNames ? theme.OrderedColor(slot, names.Count) : PlotColor.Slot(slot).In(theme));
                var legend = trace is { Legend: true, Name: { } name } && inLegend.Add(name);
                var symbolSlot = figure.OrderedNames ? 0 : slot;
                var place = new TracePlace(theme, color, symbolSlot, AxisId('x', panel), AxisId('y', panel), legend);
                foreach (var json in trace.ToPlotly(place)) data.Add(json);
            }
        }

        return data;
    }

    /// <param name="narrow">For a phone: panels below each other, smaller type, no dragging.</param>
    /// <param name="titled">False where the page itself shows the title.</param>
    public JsonObject Layout(bool narrow = false, bool titled = true) => new FigureLayout(figure, Panels, theme, narrow, titled).ToJson();

    public static JsonObject Config() => new()
    {
        ["responsive"] = true,
        ["displaylogo"] = false,
        ["scrollZoom"] = false,
        ["modeBarButtonsToRemove"] = new JsonArray("select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"),
        ["toImageButtonOptions"] = new JsonObject { ["format"] = "svg" },
        ["plotlyServerURL"] = "",
    };

    public static string AxisId(char letter, int panel) => panel == 0 ? $"{letter}" : FormattableString.Invariant($"{letter}{panel + 1}");

    /// <summary>Traces without a name get their colours by their places in their panels.</summary>
    private static string Key(Trace trace, int place) =>
        trace.Name is { } name ? "name " + name : FormattableString.Invariant($"place {place}");
}
