using Research.TextVae.Kernels;

namespace Research.TextVae.Benchmarks;

/// <summary>A benchmark's outcome in one precision of ours.</summary>
internal sealed record Result(Benchmark Benchmark, Precision Precision, Contender Ours, IReadOnlyList<Contender> Peers)
{
    /// <summary>The quickest peer: in float32 among those of float32, otherwise of all.</summary>
    public Contender? Peer => Peers.Where(peer => peer.Precision == Precision.Float32 || Precision != Precision.Float32)
        .MinBy(peer => peer.Median);

    /// <summary>The most rounds of a side in which other programs had too much of the machine.</summary>
    public int Disturbed => Peers.Append(Ours).Max(side => side.Disturbed);

    /// <summary>Greatest relative difference between the two sides' numbers, where they can be compared.</summary>
    public double? Difference { get; init; }

    /// <summary>GFLOP/s of a large matrix product in this precision, the best seen between the rounds.</summary>
    public double GemmPeak { get; init; }

    /// <summary>The ratio to reach; 0 for none.</summary>
    public double Goal => Precision == Precision.BFloat16 ? Benchmark.GoalInBFloat16 : Benchmark.Goal;

    /// <summary>When it was measured.</summary>
    public DateTime Measured { get; init; } = DateTime.UtcNow;

    /// <summary>The ratio that a step of matrix products alone, all at the measured peak, would reach.</summary>
    public double? Ceiling => Benchmark.Operations > 0 && Peer is not null ? Peer.Median * GemmPeak * 1e9 / Benchmark.Operations : null;

    /// <summary>Units per second of a side.</summary>
    public double Speed(Contender side) => Benchmark.Units / side.Median;

    /// <summary>How many times as fast as the quickest peer: the median over the rounds of the ratio within a round.</summary>
    public double? Ratio => Peer is null ? null : Statistics.Median(RoundRatios);

    /// <summary>The ratio within each round, whose two halves ran one after the other.</summary>
    public IReadOnlyList<double> RoundRatios => Peer is null ? [] : [.. Peer.Rounds.Zip(Ours.Rounds, (peer, ours) => peer / ours)];

    /// <summary>Our peak memory over the peer's.</summary>
    public double? MemoryRatio => (double)Ours.PeakBytes / Peer?.PeakBytes;

    /// <summary>GFLOP/s of ours, of the matrix products alone.</summary>
    public double OurGflops => Benchmark.Operations / Ours.Median * 1e-9;
}
