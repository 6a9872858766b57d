namespace Research.TextVae.Plots;

/// <summary>Which colours a heatmap gives to its values.</summary>
public enum HeatmapScale
{
    /// <summary>From the page's colour (low) to the strongest blue (high).</summary>
    Sequential,

    /// <summary>Blue below zero, orange above, the page's colour at zero.</summary>
    Diverging,
}
