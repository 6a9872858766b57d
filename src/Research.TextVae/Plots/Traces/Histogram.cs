using System.Text.Json.Nodes;

namespace Research.TextVae.Plots;

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
