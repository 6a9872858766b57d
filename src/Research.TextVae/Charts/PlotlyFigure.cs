using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Research.TextVae.Support;

namespace Research.TextVae.Charts;

/// <summary>A figure in one theme, with every name's colour settled, written as plotly.js takes it.</summary>
internal sealed class PlotlyFigure
{
    /// <summary>
    /// Leaves letters of all scripts readable; still escapes <c>&lt; &gt; &amp; ' "</c> and U+2028/2029, so that the JSON can stand
    /// inside a script element.
    /// </summary>
    public static readonly JsonSerializerOptions JsonOptions = new()
    {
        TypeInfoResolver = Json.Types,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    private readonly Figure _figure;
    private readonly Theme _theme;
    private readonly List<string> _names;

    public PlotlyFigure(Figure figure, Theme theme)
    {
        (_figure, _theme) = (figure, theme);
        Panels = figure.Steps.IsEmpty ? figure.PanelsOrSelf : FrameAxes.Of(figure);
        _names = [.. Panels.SelectMany(panel => panel.Traces.Select(Key).Where((_, i) => panel.Traces[i].Color is null)).Distinct()];
    }

    public IReadOnlyList<Figure> Panels { get; }

    public string ToJson()
    {
        var json = new JsonObject { ["data"] = Data(), ["layout"] = Layout(), ["config"] = Config() };
        if (!_figure.Steps.IsEmpty) json["frames"] = Frames();
        return json.ToJsonString(JsonOptions);
    }

    /// <summary>For each frame of an animation what its traces have that those of the figure at rest have not.</summary>
    public JsonArray Frames()
    {
        var rest = Data();
        return new([.. _figure.Steps.Select(step =>
        {
            var traces = new PlotlyFigure(_figure.At(step.Figure), _theme).Data();
            return (JsonNode?)new JsonObject
            {
                ["name"] = step.Label,
                ["traces"] = new JsonArray([.. traces.Select((_, i) => JsonValue.Create(i))]),
                ["data"] = new JsonArray([.. traces.Zip(rest, (trace, at) => (JsonNode?)Difference((JsonObject)trace!, (JsonObject)at!))]),
            };
        })]);
    }

    private static JsonObject Difference(JsonObject trace, JsonObject rest) => new(trace
        .Where(member => member.Key is "type" or "x" or "y" || !JsonNode.DeepEquals(member.Value, rest[member.Key]))
        .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

    public JsonArray Data()
    {
        var data = new JsonArray();
        var inLegend = new HashSet<string>();
        for (var panel = 0; panel < Panels.Count; panel++)
        {
            foreach (var (trace, i) in Panels[panel].Traces.Select((trace, i) => (trace, i)))
            {
                var slot = trace.Color is null ? _names.IndexOf(Key(trace, i)) : 0;
                var color = trace.Color?.In(_theme)
                    ?? (_figure.OrderedNames ? _theme.OrderedColor(slot, _names.Count) : PlotColor.Slot(slot).In(_theme));
                var legend = trace is { Legend: true, Name: { } name } && inLegend.Add(name);
                var symbolSlot = _figure.OrderedNames ? 0 : slot;
                var place = new TracePlace(_theme, color, symbolSlot, AxisId('x', panel), AxisId('y', panel), legend);
                foreach (var json in trace.ToPlotly(place)) data.Add(json);
            }
        }

        return data;
    }

    /// <param name="narrow">For a phone: panels below each other, smaller type, no dragging.</param>
    /// <param name="titled">False where the page itself shows the title.</param>
    public JsonObject Layout(bool narrow = false, bool titled = true) => new FigureLayout(_figure, Panels, _theme, narrow, titled).ToJson();

    public static JsonObject Config() => new()
    {
        ["responsive"] = true,
        ["displaylogo"] = false,
        ["scrollZoom"] = false,
        ["modeBarButtonsToRemove"] = new JsonArray("sendChartToCloud", "select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"),
        ["toImageButtonOptions"] = new JsonObject { ["format"] = "svg" },
        ["plotlyServerURL"] = "",
    };

    public static string AxisId(char letter, int panel) => panel == 0 ? $"{letter}" : FormattableString.Invariant($"{letter}{panel + 1}");

    /// <summary>Traces without a name get their colours by their places in their panels.</summary>
    private static string Key(Trace trace, int place) =>
        trace.Name is { } name ? "name " + name : FormattableString.Invariant($"place {place}");
}
