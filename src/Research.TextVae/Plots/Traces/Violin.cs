using System.Text.Json.Nodes;

namespace Research.TextVae.Plots;

/// <summary>The density of values, with a small box plot inside.</summary>
public sealed record Violin : Trace
{
    private Violin(Values samples) => Samples = samples;

    internal Values Samples { get; }

    internal override Values XValues => Values.From<string>([Name!]);

    /// <exception cref="ArgumentException">The values are not numbers.</exception>
    public static Violin Of<T>(IEnumerable<T> values, string name) => new(Values.From(values)) { Name = name };

    internal override IEnumerable<JsonObject> ToPlotly(TracePlace place)
    {
        var json = place.Start("violin", this);
        json["y"] = Samples.ToJson();
        json["points"] = false;
        json["box"] = new JsonObject { ["visible"] = true, ["width"] = 0.12 };
        json["fillcolor"] = Theme.WithOpacity(place.Color, 0.22);
        json["line"] = new JsonObject { ["color"] = place.Color, ["width"] = 1.5 };
        json["spanmode"] = "hard";
        yield return json;
    }
}
