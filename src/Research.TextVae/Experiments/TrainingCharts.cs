using Research.TextVae.Charts;
using Research.TextVae.Training;

namespace Research.TextVae.Experiments;

/// <summary>Training histories as data of charts.</summary>
public static class TrainingCharts
{
    /// <summary>The loss terms by step, for <see cref="TrainingCurves"/>; the KL of a model without a latent code is 0.</summary>
    /// <param name="history">The training.</param>
    /// <param name="name">Name of the curve in the figure.</param>
    public static TrainingCurve Curve(this TrainingHistory history, string name)
    {
        ArgumentNullException.ThrowIfNull(history);
        return new TrainingCurve(
            name,
            [.. history.Steps.Select(record => (double)record.Step)],
            [.. history.Steps.Select(record => record.Reconstruction)],
            [.. history.Steps.Select(record => record.Kl ?? 0)]);
    }
}
