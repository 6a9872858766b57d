namespace Research.TextVae.Training;

/// <summary>What one training step measured; losses in nats a sentence.</summary>
internal readonly record struct StepMeasure(
    double Loss, double Reconstruction, double? Kl, double? KlWeight, long Tokens, double GradientNorm = 0);
