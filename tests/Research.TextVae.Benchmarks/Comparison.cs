namespace Research.TextVae.Benchmarks;

/// <summary>Ours against PyTorch: the same computation first, then time, in turn over several rounds.</summary>
internal static class Comparison
{
    private const double LossTolerance = 1e-4;
    private const int CheckedSteps = 5;

    public static Result Run(Workload workload, int rounds, int steps)
    {
        var folder = Directory.CreateTempSubdirectory("textvae-bench-").FullName;
        try
        {
            Worker.Prepare(workload, folder);
            var best = FindBest(workload, folder);
            var difference = CompareLosses(workload, folder, best);
            return Race(workload, folder, best, rounds, steps) with { LossDifference = difference };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ThreadSetting FindBest(Workload workload, string folder)
    {
        var (best, least) = (ThreadSetting.Candidates[0], double.PositiveInfinity);
        foreach (var setting in ThreadSetting.Candidates)
        {
            using var peer = Side.Peer(workload, folder, workload.Dropout, setting);
            peer.Run(2);
            var median = peer.Run(5).Median;
            Console.Error.WriteLine($"  PyTorch, {setting}: {median * 1e3:f0} ms a step");
            if (median < least) (best, least) = (setting, median);
        }
        return best;
    }

    /// <summary>Greatest relative difference of the first losses, dropout off since the two draw different masks.</summary>
    private static double CompareLosses(Workload workload, string folder, ThreadSetting threads)
    {
        using var ours = Side.Ours(workload, folder, dropout: 0);
        using var peer = Side.Peer(workload, folder, dropout: 0, threads);
        var (a, b) = (ours.Run(CheckedSteps).Losses, peer.Run(CheckedSteps).Losses);
        var difference = a.Zip(b, (x, y) => Math.Abs(x - y) / Math.Abs(y)).Max();
        return difference <= LossTolerance ? difference
            : throw new InvalidOperationException($"the two do not compute the same: losses {string.Join(' ', a)} and {string.Join(' ', b)}");
    }

    private static Result Race(Workload workload, string folder, ThreadSetting threads, int rounds, int steps)
    {
        using var ours = Side.Ours(workload, folder, workload.Dropout);
        using var peer = Side.Peer(workload, folder, workload.Dropout, threads);
        ours.Run(3);
        peer.Run(3);
        var (ourTimes, peerTimes) = (new List<double>(), new List<double>());
        var (ourMedians, peerMedians, peaks) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            var (mine, theirs) = (ours.Run(steps), peer.Run(steps));
            ourTimes.AddRange(mine.Seconds);
            peerTimes.AddRange(theirs.Seconds);
            ourMedians.Add(mine.Median);
            peerMedians.Add(theirs.Median);
            peaks.Add(ours.GemmPeak());
        }
        return new Result(workload, threads, Statistics.Median(ourTimes), Statistics.Median(peerTimes), [.. ourMedians], [.. peerMedians])
        {
            GemmPeak = peaks.Max(),
            OurPeakBytes = ours.PeakBytes(),
            PeerPeakBytes = peer.PeakBytes(),
        };
    }
}
