using System.Text.Json.Serialization;

namespace Research.TextVae.Training;

/// <summary>Position of a training: what a checkpoint needs beside tensors for a resumed training to equal an uninterrupted one.</summary>
public sealed record TrainingPosition
{
    private const double ErrorsToTell = 2; // standard errors that mutual information must change by to count as changed
    private const int EpochsWithoutRise = 2; // after which it is taken to stay where it is

    /// <summary>Optimizer steps made.</summary>
    public long Step { get; init; }

    /// <summary>The epoch to go on with, from 0.</summary>
    public int Epoch { get; init; }

    /// <summary>The batch of that epoch to go on with, from 0.</summary>
    public int Batch { get; init; }

    /// <summary>The optimizer's step size.</summary>
    public double LearningRate { get; init; }

    /// <summary>Lowest validation objective so far.</summary>
    public double BestObjective { get; init; } = double.PositiveInfinity;

    /// <summary>The epoch that reached it, from 1; 0 before any.</summary>
    public int BestEpoch { get; init; }

    /// <summary>Epochs since then.</summary>
    [JsonPropertyName("badEpochs")]
    public int EpochsWithoutImprovement { get; init; }

    /// <summary>Highest mutual information on the validation sentences while training was aggressive.</summary>
    public double BestMutualInformation { get; init; } = double.NegativeInfinity;

    /// <summary>Aggressive epochs since then in which it has not risen by more than the error of its estimate.</summary>
    public int EpochsWithoutInformation { get; init; }

    /// <summary>Aggressive training has ended: the encoder has caught up.</summary>
    [JsonPropertyName("caughtUp")]
    public bool AggressiveFinished { get; init; }

    /// <summary>Seconds trained.</summary>
    public double Seconds { get; init; }

    /// <summary>What the steps since the last record measured; null when there are none, as at the end of an epoch.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal IReadOnlyList<StepMeasure>? Pending { get; init; }

    /// <summary>Training has ended, by its last epoch or by early stopping.</summary>
    public bool Finished { get; init; }

    /// <summary>
    /// After an aggressive epoch: aggressive training ends when mutual information has fallen by more than the error of its estimate, or
    /// has twice not risen by more than that.
    /// </summary>
    /// <param name="information">Mutual information on the validation examples, in nats.</param>
    /// <param name="error">Its standard error.</param>
    internal TrainingPosition WithInformation(double information, double error)
    {
        var rise = information - BestMutualInformation;
        if (rise > ErrorsToTell * error)
            return this with { BestMutualInformation = information, EpochsWithoutInformation = 0 };
        var without = EpochsWithoutInformation + 1;
        return this with
        {
            EpochsWithoutInformation = without,
            AggressiveFinished = rise < -ErrorsToTell * error || without >= EpochsWithoutRise,
        };
    }
}
