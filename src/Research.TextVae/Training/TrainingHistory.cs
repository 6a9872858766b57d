namespace Research.TextVae.Training;

/// <summary>What was observed of a training, and where it ended. Losses are nats per example.</summary>
/// <param name="Steps">Means over the training steps since the record before, every <see cref="TrainingOptions.LogEvery"/> steps.</param>
/// <param name="Epochs">The validation examples after each epoch.</param>
/// <param name="End">Where it ended; the model has the weights of <see cref="TrainingPosition.BestEpoch"/>.</param>
public sealed record TrainingHistory(IReadOnlyList<TrainRecord> Steps, IReadOnlyList<EpochRecord> Epochs, TrainingPosition End)
{
    /// <summary>The validation record of the weights that the model was left with.</summary>
    public EpochRecord Best => Epochs[End.BestEpoch - 1];
}
