namespace Research.TextVae.Plots;

/// <summary>A dashed line across the whole plot at one value of an axis.</summary>
public sealed record ReferenceLine(bool Horizontal, double Value, string? Label = null);
