namespace Research.TextVae.Plots;

/// <summary>One trained model in the rate–distortion plane, in nats per sentence.</summary>
/// <param name="Label">Written at the point: "β = 0.1".</param>
/// <param name="Rate">KL.</param>
/// <param name="Distortion">Reconstruction.</param>
public sealed record RatePoint(string Label, double Rate, double Distortion);
