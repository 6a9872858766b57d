namespace Research.TextVae.Plots;

/// <summary>How an axis lays out its values.</summary>
public enum AxisScale
{
    /// <summary>Linear for numbers, one place a name for strings.</summary>
    Automatic,

    Linear,

    /// <summary>Logarithmic, base 10.</summary>
    Log,

    Category,
}
