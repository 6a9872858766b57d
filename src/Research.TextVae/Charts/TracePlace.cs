using System.Text.Json.Nodes;

namespace Research.TextVae.Charts;

/// <summary>Place of a trace in its figure: colour, axes, place in the legend.</summary>
/// <param name="Color">The resolved colour, <c>#rrggbb</c>.</param>
/// <param name="Slot">Number of the trace's name among the figure's names; beyond the palette it also picks a dash or a symbol.</param>
internal sealed record TracePlace(Theme Theme, string Color, int Slot, string XAxis, string YAxis, bool InLegend)
{
    private static readonly string[] Symbols = ["circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "x", "pentagon"];
    private static readonly string[] Dashes = ["solid", "dash", "dot", "dashdot"];

    public string Symbol => Symbols[Slot % Symbols.Length];

    /// <summary>The colours repeat after the palette's length; the dash then distinguishes the lines.</summary>
    public string Dash(LineDash dash) => dash != LineDash.Solid
        ? dash.ToString().ToLowerInvariant()
        : Dashes[Slot / Theme.Categorical.Count % Dashes.Length];

    public JsonObject Start(string type, Trace trace)
    {
        var json = new JsonObject { ["type"] = type, ["xaxis"] = XAxis, ["yaxis"] = YAxis, ["showlegend"] = InLegend };
        if (trace.Name is { } name)
        {
            json["name"] = PlotlyText.Escape(name);
            json["legendgroup"] = PlotlyText.Escape(name);
        }

        return json;
    }

    public static JsonArray Texts(IEnumerable<string> texts, Func<string, string> escape) =>
        new([.. texts.Select(text => (JsonNode?)JsonValue.Create(escape(text)))]);
}
