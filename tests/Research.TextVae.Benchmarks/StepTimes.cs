namespace Research.TextVae.Benchmarks;

/// <summary>Seconds and loss (nats a sentence) of each of some training steps.</summary>
internal sealed record StepTimes(double[] Seconds, double[] Losses)
{
    public double Median => Statistics.Median(Seconds);
}
