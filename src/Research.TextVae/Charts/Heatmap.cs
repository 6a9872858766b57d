using System.Text.Json.Nodes;

namespace Research.TextVae.Charts;

/// <summary>A matrix as colours; row 0 is at the top.</summary>
public sealed record Heatmap : Trace
{
    /// <summary>Values <c>[row, column]</c>; those that are not finite stay empty, and rows may differ in length.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Rows { get; init; }

    internal Values? Columns { get; init; }

    internal Values? RowNames { get; init; }

    /// <summary>Title of the colour bar, with the unit.</summary>
    public string? Unit { get; init; }

    /// <summary>Colour scale: sequential for magnitudes, diverging for signed values.</summary>
    public HeatmapScale Scale { get; init; }

    /// <summary>Ends of the colour scale, or null to fit the data.</summary>
    public (double Low, double High)? Range { get; init; }

    /// <summary>A d3 format of the numbers written in the cells, such as <c>.2f</c>; null writes none.</summary>
    public string? CellFormat { get; init; }

    /// <summary>Pixels between the cells.</summary>
    public int Gap { get; init; } = 1;

    /// <summary>False leaves the colour bar out.</summary>
    public bool BarShown { get; init; } = true;

    internal override Values? XValues => Columns;

    internal override Values? YValues => RowNames;

    /// <exception cref="ArgumentException">There are not as many names as rows.</exception>
    public static Heatmap Of<TX>(
        IReadOnlyList<IReadOnlyList<double>> rows, IEnumerable<TX> columns, IEnumerable<string> rowNames, string? unit = null)
    {
        var heatmap = new Heatmap { Rows = rows, Columns = Values.From(columns), RowNames = Values.From(rowNames), Unit = unit };
        RequireSameLength(heatmap.RowNames.Count, rows.Count, "rows");
        return heatmap;
    }

    internal override IEnumerable<JsonObject> ToPlotly(TracePlace place)
    {
        var json = place.Start("heatmap", this);
        json["z"] = new JsonArray([.. Rows.Select(row => (JsonNode?)Values.ToJson(row))]);
        if (Columns is not null) json["x"] = Columns.ToJson();
        if (RowNames is not null) json["y"] = RowNames.ToJson();
        (json["xgap"], json["ygap"]) = (Gap, Gap);
        json["colorscale"] = ColorScale(Scale == HeatmapScale.Sequential ? place.Theme.Sequential : place.Theme.Diverging);
        json["hoverongaps"] = false;
        json["hovertemplate"] = "%{y}, %{x}<br>%{z:.4~g}<extra></extra>";
        if (Range is { } range) (json["zmin"], json["zmax"]) = (range.Low, range.High);
        else if (Scale == HeatmapScale.Diverging) json["zmid"] = 0;
        if (CellFormat is { } format) json["texttemplate"] = $"%{{z:{format}}}";
        json["showscale"] = BarShown;
        json["colorbar"] = new JsonObject
        {
            ["thickness"] = 10,
            ["outlinewidth"] = 0,
            ["xpad"] = 6,
            ["title"] = new JsonObject
            {
                ["text"] = PlotlyText.Escape(Unit ?? ""),
                ["side"] = "right",
                ["font"] = new JsonObject { ["size"] = 12 },
            },
            ["tickcolor"] = place.Theme.AxisLine,
        };
        yield return json;
    }

    private static JsonArray ColorScale(IReadOnlyList<string> stops) =>
        new([.. stops.Select((stop, i) => (JsonNode?)new JsonArray(Values.Number(i / (double)(stops.Count - 1)), JsonValue.Create(stop)))]);
}

/// <summary>Which colours a heatmap gives to its values.</summary>
public enum HeatmapScale
{
    /// <summary>From the page's colour (low) to the strongest blue (high).</summary>
    Sequential,

    /// <summary>Blue below zero, orange above, the page's colour at zero.</summary>
    Diverging,
}
