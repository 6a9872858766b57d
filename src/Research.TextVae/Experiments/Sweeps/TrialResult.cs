using Research.TextVae.Training;

namespace Research.TextVae.Experiments;

/// <summary>What a trial left in its folder.</summary>
/// <param name="Name">The member's name, <c>β=0.25</c> for instance.</param>
/// <param name="Value">The swept value.</param>
/// <param name="Seed">The member's seed.</param>
/// <param name="Metrics">All records, the latest of each step.</param>
/// <param name="Samples">What the model wrote.</param>
public sealed record TrialResult(
    string Name, double Value, ulong Seed, IReadOnlyList<MetricsRecord> Metrics, IReadOnlyList<SampleRecord> Samples)
{
    /// <summary>The measurement on the test sentences.</summary>
    public FinalRecord Final { get; } = Metrics.OfType<FinalRecord>().Last();

    /// <summary>The training curve.</summary>
    public IEnumerable<TrainRecord> Training => Metrics.OfType<TrainRecord>();

    /// <summary>The measurement after each epoch.</summary>
    public IEnumerable<ValidationRecord> Validation => Metrics.OfType<ValidationRecord>();
}
