using System.Text.Json.Nodes;

namespace Research.TextVae.Charts;

/// <summary>A line through points, with an optional band around it. Points that are not finite leave a gap.</summary>
public sealed record Line : Trace
{
    private Line(Values x, Values y) => (X, Y) = (x, y);

    internal Values X { get; }

    internal Values Y { get; }

    /// <summary>Draws a marker at each point.</summary>
    public bool Markers { get; init; }

    /// <summary>Pattern of the line.</summary>
    public LineDash Dash { get; init; }

    /// <summary>In pixels.</summary>
    public double Width { get; init; } = 2;

    /// <summary>Keeps each y value until the next x and then jumps, as the outline of a histogram does.</summary>
    public bool Stepped { get; init; }

    /// <summary>Opacity, from 0 (invisible) to 1.</summary>
    public double Opacity { get; init; } = 1;

    /// <summary>False for guides that are not data.</summary>
    public bool Hoverable { get; init; } = true;

    /// <summary>Lower and upper edge of the band at each point, in y units.</summary>
    public IReadOnlyList<(double Low, double High)>? Band { get; init; }

    /// <summary>Written beside each point, on a ground of their own where lines cross them.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Shown when the pointer is over a point, above its coordinates.</summary>
    public IReadOnlyList<string>? Hover { get; init; }

    internal override Values XValues => X;

    internal override Values YValues => Y;

    /// <exception cref="ArgumentException">Lengths differ, or the values are neither numbers nor strings.</exception>
    public static Line Of<TX, TY>(
        IEnumerable<TX> x, IEnumerable<TY> y, string? name = null, bool markers = false, LineDash dash = LineDash.Solid)
    {
        var line = new Line(Values.From(x), Values.From(y)) { Name = name, Markers = markers, Dash = dash };
        RequireSameLength(line.X.Count, line.Y.Count, "y values");
        return line;
    }

    /// <summary>The line with a band of mean ± spread around it.</summary>
    public Line Spread(IEnumerable<double> spread)
    {
        var widths = spread.ToArray();
        RequireSameLength(X.Count, widths.Length, "spreads");
        return this with { Band = [.. widths.Select((width, i) => (Y.Numbers![i] - width, Y.Numbers[i] + width))] };
    }

    internal override IEnumerable<JsonObject> ToPlotly(TracePlace place)
    {
        if (Band is { } band) yield return BandPolygon(band, place);

        var json = place.Start("scatter", this);
        json["x"] = X.ToJson();
        json["y"] = Y.ToJson();
        json["mode"] = Markers ? "lines+markers" : "lines";
        json["line"] = new JsonObject { ["color"] = place.Color, ["width"] = Width, ["dash"] = place.Dash(Dash) };
        if (Stepped) json["line"]!["shape"] = "hv";
        if (Opacity < 1) json["opacity"] = Opacity;
        if (Markers)
        {
            json["marker"] = new JsonObject { ["color"] = place.Color, ["size"] = 7, ["symbol"] = place.Symbol };
            json["cliponaxis"] = false;
        }

        if (!Hoverable) json["hoverinfo"] = "skip";
        PointText.Add(json, Labels, Hover);
        yield return json;
    }

    /// <summary>The band as one polygon: along the lower edge and back along the upper one.</summary>
    private JsonObject BandPolygon(IReadOnlyList<(double Low, double High)> band, TracePlace place)
    {
        RequireSameLength(X.Count, band.Count, "band edges");
        int[] drawn = [.. Enumerable.Range(0, band.Count).Where(i => double.IsFinite(band[i].Low) && double.IsFinite(band[i].High))];
        int[] returning = [.. drawn.AsEnumerable().Reverse()];
        var x = X.ToJson();
        var there = drawn.Select(i => x[i]!.DeepClone());
        var back = returning.Select(i => x[i]!.DeepClone());

        var json = place.Start("scatter", this);
        json["showlegend"] = false;
        json["x"] = new JsonArray([.. there, .. back]);
        json["y"] = Values.ToJson([.. drawn.Select(i => band[i].Low), .. returning.Select(i => band[i].High)]);
        json["mode"] = "lines";
        json["fill"] = "toself";
        json["fillcolor"] = Theme.WithOpacity(place.Color, 0.18);
        json["line"] = new JsonObject { ["width"] = 0, ["color"] = place.Color };
        json["hoverinfo"] = "skip";
        return json;
    }
}

/// <summary>The pattern of a line.</summary>
public enum LineDash
{
    /// <summary>A line without gaps.</summary>
    Solid,

    /// <summary>Long dashes.</summary>
    Dash,

    /// <summary>Dots.</summary>
    Dot,

    /// <summary>Dashes and dots in turn.</summary>
    DashDot,
}
