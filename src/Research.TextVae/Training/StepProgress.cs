namespace Research.TextVae.Training;

/// <summary>How far training is; losses are nats a sentence, smoothed over recent steps. KL is absent for a model without a code.</summary>
public readonly record struct TrainingProgress(
    int Epoch,
    int Epochs,
    int Batch,
    int Batches,
    double Reconstruction,
    double? Kl,
    double? KlWeight,
    double TokensPerSecond,
    TimeSpan Remaining);
