namespace Research.TextVae.Charts;

/// <summary>One axis of a figure.</summary>
public sealed record Axis
{
    /// <summary>What is measured, with its unit: "KL (nats)".</summary>
    public string? Title { get; init; }

    /// <summary>How values are placed along the axis.</summary>
    public AxisScale Scale { get; init; }

    /// <summary>Ends of the axis in data units (on a log axis too), or null to fit the data.</summary>
    public (double Low, double High)? Range { get; init; }

    /// <summary>A d3 number format of the tick labels, such as <c>.2f</c>.</summary>
    public string? TickFormat { get; init; }

    /// <summary>Explicit ticks: where, and what is written there.</summary>
    public IReadOnlyList<(double Value, string Label)>? Ticks { get; init; }

    /// <summary>The axis includes zero even when the data does not.</summary>
    public bool FromZero { get; init; }

    /// <summary>Runs from high to low; a heatmap's first row is then at the top.</summary>
    public bool Reversed { get; init; }

    /// <summary>Whether grid lines cross the plot at the tick marks.</summary>
    public bool GridLines { get; init; } = true;

    /// <summary>False draws neither the axis's line nor its tick marks, as beside a picture.</summary>
    public bool LineShown { get; init; } = true;
}

/// <summary>How an axis lays out its values.</summary>
public enum AxisScale
{
    /// <summary>Linear for numbers, one place a name for strings.</summary>
    Automatic,

    /// <summary>Equal distances for equal differences.</summary>
    Linear,

    /// <summary>Logarithmic, base 10.</summary>
    Log,

    /// <summary>One place per distinct value, in the order of appearance.</summary>
    Category,
}

/// <summary>A dashed line across the whole plot at one value of an axis.</summary>
public sealed record ReferenceLine(bool Horizontal, double Value, string? Label = null);

/// <summary>A text at a point of the plot, in data units.</summary>
/// <param name="Anchor">Which side of the text is at the point: left, center or right.</param>
public sealed record Annotation(double X, double Y, string Text, string Anchor = "center", bool Muted = true, bool Arrow = false);
