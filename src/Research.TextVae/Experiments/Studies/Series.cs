namespace Research.TextVae.Experiments;

/// <summary>Points (x, y), each with a label where that helps.</summary>
public sealed record Series(IReadOnlyList<double> X, IReadOnlyList<double> Y, IReadOnlyList<string>? Labels = null);
