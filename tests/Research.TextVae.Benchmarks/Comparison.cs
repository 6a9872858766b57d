using Research.TextVae.Kernels;
using Research.TextVae.Support;

namespace Research.TextVae.Benchmarks;

/// <summary>Ours, in each precision, and the peer: the same numbers first, then time, in turn over several rounds.</summary>
internal sealed class Comparison(Benchmark benchmark, string folder)
{
    private const int CheckedSteps = 5;

    public static IReadOnlyList<Result> Run(Benchmark benchmark, int rounds, int steps)
    {
        var folder = Directory.CreateTempSubdirectory("textvae-bench-").FullName;
        try
        {
            benchmark.Prepare(folder);
            return new Comparison(benchmark, folder).Run(rounds, steps);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private List<Result> Run(int rounds, int steps)
    {
        if (benchmark.Peer is not { } peer)
            return Race(null, rounds, steps, []);
        var best = FindBest(peer);
        var numbers = Numbers(Side.Other(peer, folder, 0, best));
        var differences = benchmark.Precisions.ToDictionary(precision => precision, precision => Difference(precision, numbers));
        return Race(best, rounds, steps, differences);
    }

    private PeerSetting FindBest(Peer peer)
    {
        if (peer.Settings is [var only])
            return only;
        var (best, least) = (peer.Settings[0], double.PositiveInfinity);
        foreach (var setting in peer.Settings)
        {
            using var side = Side.Other(peer, folder, benchmark.Randomness, setting);
            side.Run(2);
            var median = side.Run(5).Median;
            Console.Error.WriteLine($"  {side.Name}: {median * 1e3:f1} ms per step");
            if (median < least)
                (best, least) = (setting, median);
        }

        return best;
    }

    private static double[] Numbers(Side side)
    {
        using (side)
            return side.Run(CheckedSteps).Losses;
    }

    /// <summary>Greatest relative difference to the peer's first numbers, with nothing random since the two draw differently; null where
    /// they cannot be compared.</summary>
    private double? Difference(Precision precision, double[] expected)
    {
        if (benchmark.Tolerance(precision) is not { } tolerance)
            return null;
        var numbers = Numbers(Side.Ours(benchmark, folder, 0, precision));
        var difference = numbers.Zip(expected, (ours, theirs) => Math.Abs(ours - theirs) / Math.Max(Math.Abs(theirs), 1e-30)).Max();
        return difference <= tolerance ? difference
            : throw new UserException(
                $"{benchmark.Name}, {precision}: the two do not compute the same: {string.Join(' ', numbers)} and "
                    + $"{string.Join(' ', expected)}");
    }

    private List<Result> Race(PeerSetting? setting, int rounds, int steps, Dictionary<Precision, double?> differences)
    {
        var ours = Start();
        // Its products' memory is not the work's.
        var gauges = benchmark.Operations > 0 ? Start() : [];
        using var other = setting is null ? null : Side.Other(benchmark.Peer!, folder, benchmark.Randomness, setting);
        try
        {
            foreach (var side in ours.Append(other).OfType<Side>())
                side.WarmUp();
            var (ourTimes, peaks) = (ours.ConvertAll(_ => new List<double[]>()), ours.ConvertAll(_ => 0.0));
            var otherTimes = new List<double[]>();
            for (var round = 0; round < rounds; round++)
            {
                for (var i = 0; i < ours.Count; i++)
                {
                    var run = ours[i].Run(steps);
                    ourTimes[i].Add(run.Seconds);
                    if (gauges.Count > 0)
                        peaks[i] = Math.Max(peaks[i], gauges[i].GemmPeak());
                }

                if (other is not null)
                    otherTimes.Add(other.Run(steps).Seconds);
            }

            var peerRun = other is null ? null : new Contender(setting!.Name, [.. otherTimes], other.PeakBytes());
            return
            [
                .. benchmark.Precisions.Select((precision, i) => new Result(
                    benchmark, precision, new Contender("ours", [.. ourTimes[i]], ours[i].PeakBytes()), peerRun)
                {
                    GemmPeak = peaks[i],
                    Difference = differences.GetValueOrDefault(precision),
                }),
            ];
        }
        finally
        {
            ours.Concat(gauges).ToList().ForEach(side => side.Dispose());
        }

        List<Side> Start() => [.. benchmark.Precisions.Select(precision => Side.Ours(benchmark, folder, benchmark.Randomness, precision))];
    }
}
