using Research.TextVae.Kernels;
using Research.TextVae.Support;

namespace Research.TextVae.Benchmarks;

/// <summary>Ours, in each precision, and the peers: the same numbers first, then time, in turn over several rounds.</summary>
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
        var peers = benchmark.Peers.Select(peer => (Peer: peer, Setting: FindBest(peer))).ToList();
        var differences = new Dictionary<Precision, double?>();
        if (peers.Count > 0)
        {
            var expected = Numbers(Other(peers[0], 0));
            foreach (var peer in peers.Skip(1))
                Require(expected, Numbers(Other(peer, 0)), peer.Peer.Precision, peer.Peer.ToString());
            foreach (var precision in benchmark.Precisions)
                differences[precision] = benchmark.Tolerance(precision) is null
                    ? null
                    : Require(expected, Numbers(Side.Ours(benchmark, folder, 0, precision)), precision, "ours");
        }

        return Race(peers, rounds, steps, differences);
    }

    private Side Other((Peer Peer, PeerSetting Setting) peer, double randomness) =>
        Side.Other(peer.Peer, folder, randomness, peer.Setting);

    private PeerSetting FindBest(Peer peer)
    {
        if (peer.Settings is [var only])
            return only;
        var threads = Quickest(peer, peer.Settings.Where(setting => setting.KeepsMemory)).Threads;
        return Quickest(peer, peer.Settings.Where(setting => setting.Threads == threads));
    }

    private PeerSetting Quickest(Peer peer, IEnumerable<PeerSetting> settings) => settings.MinBy(setting =>
    {
        using var side = Side.Other(peer, folder, benchmark.Randomness, setting);
        side.Run(2);
        var median = side.RunUndisturbed(5).Median;
        Console.Error.WriteLine($"  {side.Name}: {median * 1e3:f1} ms per step");
        return median;
    })!;

    private static double[] Numbers(Side side)
    {
        using (side)
            return side.Run(CheckedSteps).Losses;
    }

    /// <summary>Greatest relative difference to the first peer's numbers, with nothing random since all draw differently.</summary>
    private double? Require(double[] expected, double[] numbers, Precision precision, string who)
    {
        if (benchmark.Tolerance(precision) is not { } tolerance)
            return null;
        var difference = numbers.Zip(expected, (one, other) => Math.Abs(one - other) / Math.Max(Math.Abs(other), 1e-30)).Max();
        return difference <= tolerance ? difference
            : throw new UserException(
                $"{benchmark.Name}, {who}, {precision}: not the same numbers: {string.Join(' ', numbers)} and "
                    + $"{string.Join(' ', expected)}");
    }

    private List<Result> Race(
        List<(Peer Peer, PeerSetting Setting)> peers, int rounds, int steps, Dictionary<Precision, double?> differences)
    {
        List<Side> Start() => [.. benchmark.Precisions.Select(precision => Side.Ours(benchmark, folder, benchmark.Randomness, precision))];
        var ours = Start();
        // Its products' memory is not the work's.
        var gauges = benchmark.Operations > 0 ? Start() : [];
        var others = peers.ConvertAll(peer => Other(peer, benchmark.Randomness));
        List<Side> all = [.. ours, .. others];
        try
        {
            all.ForEach(side => side.WarmUp());
            var times = all.ConvertAll(_ => new List<StepTimes>());
            var peaks = ours.ConvertAll(_ => 0.0);
            for (var round = 0; round < rounds; round++)
            {
                for (var i = 0; i < all.Count; i++)
                    times[i].Add(all[i].RunUndisturbed(steps));
                for (var i = 0; i < gauges.Count; i++)
                    peaks[i] = Math.Max(peaks[i], gauges[i].GemmPeak());
            }

            Contender Measured(int i, string name, Precision precision, string setting) => new(
                name, precision, setting, [.. times[i].Select(run => run.Seconds)], all[i].PeakBytes(),
                times[i].Count(run => run.Disturbed))
            { FreshPages = Statistics.Median(times[i].Select(run => run.FreshPages)) };
            Contender[] measured =
            [
                .. peers.Select((peer, i) => Measured(ours.Count + i, peer.Peer.Name, peer.Peer.Precision, peer.Setting.ToString())),
            ];
            return
            [
                .. benchmark.Precisions.Select((precision, i) => new Result(
                    benchmark, precision, Measured(i, "ours", precision, ""), measured)
                {
                    GemmPeak = peaks[i],
                    Difference = differences.GetValueOrDefault(precision),
                }),
            ];
        }
        finally
        {
            all.Concat(gauges).ToList().ForEach(side => side.Dispose());
        }
    }
}
