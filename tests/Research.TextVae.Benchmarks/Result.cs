namespace Research.TextVae.Benchmarks;

/// <summary>Medians of seconds a step over all rounds, and of each round.</summary>
internal sealed record Result(
    Workload Workload, ThreadSetting PeerThreads, double OurSeconds, double PeerSeconds, double[] OurRounds, double[] PeerRounds)
{
    /// <summary>Greatest relative difference of the losses of the first steps.</summary>
    public double LossDifference { get; init; }

    /// <summary>GFLOP/s of a large matrix product, the best seen between the rounds.</summary>
    public double GemmPeak { get; init; }

    public long OurPeakBytes { get; init; }

    public long PeerPeakBytes { get; init; }

    public double Ratio => PeerSeconds / OurSeconds;

    public double MemoryRatio => (double)OurPeakBytes / PeerPeakBytes;

    public double OurTokensPerSecond => Workload.Tokens / OurSeconds;

    public double PeerTokensPerSecond => Workload.Tokens / PeerSeconds;

    public double OurGflops => Workload.Operations / OurSeconds * 1e-9;

    public double PeerGflops => Workload.Operations / PeerSeconds * 1e-9;
}
