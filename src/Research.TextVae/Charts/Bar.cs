using System.Text.Json.Nodes;

namespace Research.TextVae.Charts;

/// <summary>Bars, upright or lying, with optional error bars.</summary>
public sealed record Bar : Trace
{
    private Bar(Values places, Values lengths) => (Places, Lengths) = (places, lengths);

    internal Values Places { get; }

    internal Values Lengths { get; }

    /// <summary>Whether bars extend along the x axis, with their names on the y axis.</summary>
    public bool Horizontal { get; init; }

    /// <summary>Half the length of the error bar at each bar.</summary>
    public IReadOnlyList<double>? Error { get; init; }

    /// <summary>Written at the end of each bar.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    internal override Values XValues => Horizontal ? Lengths : Places;

    internal override Values YValues => Horizontal ? Places : Lengths;

    /// <param name="places">Positions of the bars on their axis: names or numbers.</param>
    /// <param name="lengths">Lengths of the bars.</param>
    /// <exception cref="ArgumentException">Lengths differ, or the values are neither numbers nor strings.</exception>
    public static Bar Of<TX, TY>(IEnumerable<TX> places, IEnumerable<TY> lengths, string? name = null, IReadOnlyList<double>? error = null)
    {
        var bar = new Bar(Values.From(places), Values.From(lengths)) { Name = name, Error = error };
        RequireSameLength(bar.Places.Count, bar.Lengths.Count, "bar lengths");
        RequireSameLength(bar.Places.Count, error?.Count ?? bar.Places.Count, "errors");
        return bar;
    }

    internal override IEnumerable<JsonObject> ToPlotly(TracePlace place)
    {
        var json = place.Start("bar", this);
        json["x"] = XValues.ToJson();
        json["y"] = YValues.ToJson();
        json["orientation"] = Horizontal ? "h" : "v";
        json["marker"] = new JsonObject { ["color"] = place.Color, ["line"] = new JsonObject { ["width"] = 0 } };
        if (Error is { } error)
        {
            json[Horizontal ? "error_x" : "error_y"] = new JsonObject
            {
                ["type"] = "data",
                ["array"] = Values.ToJson(error),
                ["color"] = place.Theme.Label,
                ["thickness"] = 1.5,
                ["width"] = 4,
            };
        }

        if (Labels is { } labels)
        {
            json["text"] = TracePlace.Texts(labels, PlotlyText.Escape);
            json["textposition"] = "outside";
            json["cliponaxis"] = false;
        }

        yield return json;
    }
}
