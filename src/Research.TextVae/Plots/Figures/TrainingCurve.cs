namespace Research.TextVae.Plots;

/// <summary>The loss terms of one run over its steps, in nats per sentence. All arrays have one length, <c>[record]</c>.</summary>
/// <param name="Name">The member's name: "β = 0.1".</param>
/// <param name="Kl">Unweighted.</param>
public sealed record TrainingCurve(string Name, IReadOnlyList<double> Steps, IReadOnlyList<double> Reconstruction, IReadOnlyList<double> Kl);
