using System.Text.Json.Nodes;

namespace Research.TextVae.Charts;

/// <summary>One series of a figure. Immutable; traces of one name share a colour and a legend entry across the panels of a
/// figure.</summary>
public abstract record Trace
{
    private protected Trace()
    {
    }

    /// <summary>Name in the legend.</summary>
    public string? Name { get; init; }

    /// <summary>The theme's next colour when null.</summary>
    public PlotColor? Color { get; init; }

    /// <summary>False keeps a named trace out of the legend.</summary>
    public bool Legend { get; init; } = true;

    internal abstract IEnumerable<JsonObject> ToPlotly(TracePlace place);

    /// <summary>The x values, where the axis must know whether they are names.</summary>
    internal virtual Values? XValues => null;

    internal virtual Values? YValues => null;

    private protected static void RequireSameLength(int expected, int actual, string what)
    {
        if (expected != actual) throw new ArgumentException($"A trace has {expected} x values but {actual} {what}.");
    }
}
