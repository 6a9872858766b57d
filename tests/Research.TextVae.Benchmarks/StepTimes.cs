namespace Research.TextVae.Benchmarks;

/// <summary>Seconds and numbers (<see cref="IWorker.Step"/>) of some steps.</summary>
internal sealed record StepTimes(double[] Seconds, double[] Losses)
{
    public double Median => Statistics.Median(Seconds);

    /// <summary>The share of the processors' time that other programs had meanwhile.</summary>
    public double Others { get; init; }

    /// <summary>Pages of memory fetched per step.</summary>
    public double FreshPages { get; init; }

    /// <summary>Whether the others had too much for the times to count.</summary>
    public bool Disturbed => Others > MachineLoad.Quiet;
}
