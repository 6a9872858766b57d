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

    /// <summary>
    /// The density of values as the outline of a histogram, whose area is 1: how sets of different size are compared. Bin k holds
    /// [k w, (k + 1) w), so a value on an edge, zeros for instance, counts in the bin above it and in no other. Values that are not finite
    /// are left out.
    /// </summary>
    /// <param name="values">The values, at least one of them finite.</param>
    /// <param name="binWidth">w, above 0.</param>
    /// <param name="name">Name in the legend.</param>
    /// <exception cref="ArgumentException">There is no finite value, or the width is not above 0.</exception>
    public static Line Density(IEnumerable<double> values, double binWidth, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(binWidth);
        var bins = values.Where(double.IsFinite).GroupBy(value => Math.Floor(value / binWidth))
            .Select(bin => (At: bin.Key, Count: bin.Count())).OrderBy(bin => bin.At).ToArray();
        if (bins.Length == 0) throw new ArgumentException("There is no finite value.", nameof(values));
        double total = bins.Sum(bin => bin.Count);
        var outline = new List<(double At, double Count)> { (bins[0].At, 0) };
        for (var i = 0; i < bins.Length; i++)
        {
            outline.Add(bins[i]);
            if (i + 1 == bins.Length || bins[i + 1].At > bins[i].At + 1) outline.Add((bins[i].At + 1, 0));
        }

        return Line.Of(outline.Select(at => at.At * binWidth), outline.Select(at => at.Count / (total * binWidth)), name) with
        {
            Stepped = true,
        };
    }

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
