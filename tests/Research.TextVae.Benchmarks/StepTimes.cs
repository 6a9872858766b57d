namespace Research.TextVae.Benchmarks;

/// <summary>Seconds and numbers (<see cref="IWorker.Step"/>) of some steps, and of ours the share of the time outside native
/// code.</summary>
internal sealed record StepTimes(double[] Seconds, double[] Losses)
{
    public double Median => Statistics.Median(Seconds);
}
