namespace Research.TextVae.Plots;

/// <summary>A text at a point of the plot, in data units.</summary>
/// <param name="Anchor">Which side of the text is at the point: left, center or right.</param>
public sealed record Annotation(double X, double Y, string Text, string Anchor = "center", bool Muted = true, bool Arrow = false);
