using System.Text.Json.Nodes;

namespace Research.TextVae.Charts;

/// <summary>How often values fall into bins of equal width.</summary>
public sealed record Histogram : Trace
{
    private Histogram(Values samples) => Samples = samples;

    internal Values Samples { get; }

    /// <summary>The most bins there may be; a round bin width is chosen below it.</summary>
    public int? MaximumBins { get; init; }

    /// <summary>Shares of the whole instead of counts.</summary>
    public bool Normalised { get; init; }

    internal override Values XValues => Samples;

    /// <exception cref="ArgumentException">The values are neither numbers nor strings.</exception>
    public static Histogram Of<T>(IEnumerable<T> values, string? name = null, int? maximumBins = null) =>
        new(Values.From(values)) { Name = name, MaximumBins = maximumBins };

    internal override IEnumerable<JsonObject> ToPlotly(TracePlace place)
    {
        var json = place.Start("histogram", this);
        json["x"] = Samples.ToJson();
        if (MaximumBins is { } bins) json["nbinsx"] = bins;
        if (Normalised) json["histnorm"] = "probability";
        json["marker"] = new JsonObject
        {
            ["color"] = Theme.WithOpacity(place.Color, 0.75),
            ["line"] = new JsonObject { ["width"] = 1, ["color"] = place.Theme.Paper },
        };
        yield return json;
    }
}

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
