using System.Text.Json.Nodes;

namespace Research.TextVae.Charts;

/// <summary>Points.</summary>
public sealed record Scatter : Trace
{
    private Scatter(Values x, Values y) => (X, Y) = (x, y);

    internal Values X { get; }

    internal Values Y { get; }

    /// <summary>Diameter in pixels.</summary>
    public double Size { get; init; } = 8;

    /// <summary>Opacity of the markers, from 0 (invisible) to 1.</summary>
    public double Opacity { get; init; } = 1;

    /// <summary>Written at each point.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Shown when the pointer is over a point, above its coordinates.</summary>
    public IReadOnlyList<string>? Hover { get; init; }

    internal override Values XValues => X;

    internal override Values YValues => Y;

    /// <exception cref="ArgumentException">Lengths differ, or the values are neither numbers nor strings.</exception>
    public static Scatter Of<TX, TY>(
        IEnumerable<TX> x, IEnumerable<TY> y, string? name = null, IReadOnlyList<string>? labels = null,
        IReadOnlyList<string>? hover = null)
    {
        var scatter = new Scatter(Values.From(x), Values.From(y)) { Name = name, Labels = labels, Hover = hover };
        RequireSameLength(scatter.X.Count, scatter.Y.Count, "y values");
        RequireSameLength(scatter.X.Count, labels?.Count ?? scatter.X.Count, "labels");
        RequireSameLength(scatter.X.Count, hover?.Count ?? scatter.X.Count, "hover texts");
        return scatter;
    }

    internal override IEnumerable<JsonObject> ToPlotly(TracePlace place)
    {
        var json = place.Start("scatter", this);
        json["x"] = X.ToJson();
        json["y"] = Y.ToJson();
        json["mode"] = Labels is null ? "markers" : "markers+text";
        json["marker"] = new JsonObject
        {
            ["color"] = place.Color,
            ["size"] = Size,
            ["symbol"] = place.Symbol,
            ["opacity"] = Opacity,
            ["line"] = new JsonObject { ["width"] = Size >= 6 ? 1 : 0, ["color"] = place.Theme.Paper },
        };
        json["cliponaxis"] = false;
        if (Labels is not null)
            (json["textposition"], json["textfont"]) = ("top right", new JsonObject { ["color"] = place.Theme.Ink, ["size"] = 12 });
        PointText.Add(json, Labels, Hover);
        yield return json;
    }
}
