using Research.TextVae.Charts;

namespace Research.TextVae.Training;

/// <summary>What was observed of a training, and where it ended. Losses are nats an example.</summary>
/// <param name="Steps">Means over the training steps since the record before, every <see cref="TrainingOptions.LogEvery"/> steps.</param>
/// <param name="Epochs">The validation examples after each epoch.</param>
/// <param name="End">Where it ended; the model has the weights of <see cref="TrainingPosition.BestEpoch"/>.</param>
public sealed record TrainingHistory(IReadOnlyList<TrainRecord> Steps, IReadOnlyList<ValidationRecord> Epochs, TrainingPosition End)
{
    /// <summary>The validation record of the weights that the model was left with.</summary>
    public ValidationRecord Best => Epochs[End.BestEpoch - 1];

    /// <summary>The loss terms by step, for <see cref="TrainingCurves"/>; the KL of a model without a code is 0.</summary>
    /// <param name="name">What the curve is called in the figure.</param>
    public TrainingCurve Curve(string name) => new(
        name, [.. Steps.Select(record => (double)record.Step)], [.. Steps.Select(record => record.Reconstruction)], [.. Steps.Select(record => record.Kl ?? 0)]);
}
