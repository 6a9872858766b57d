using System.Text.Json.Nodes;

namespace Research.TextVae.Plots;

/// <summary>Median, quartiles and whiskers of values.</summary>
public sealed record Box : Trace
{
    private Box(Values samples) => Samples = samples;

    internal Values Samples { get; }

    internal override Values XValues => Values.From<string>([Name!]);

    /// <exception cref="ArgumentException">The values are not numbers.</exception>
    public static Box Of<T>(IEnumerable<T> values, string name) => new(Values.From(values)) { Name = name };

    internal override IEnumerable<JsonObject> ToPlotly(TracePlace place)
    {
        var json = place.Start("box", this);
        json["y"] = Samples.ToJson();
        json["boxpoints"] = "outliers";
        json["fillcolor"] = Theme.WithOpacity(place.Color, 0.22);
        json["line"] = new JsonObject { ["color"] = place.Color, ["width"] = 1.5 };
        json["marker"] = new JsonObject { ["color"] = place.Color, ["size"] = 3 };
        yield return json;
    }
}
