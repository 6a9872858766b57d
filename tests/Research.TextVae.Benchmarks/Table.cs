namespace Research.TextVae.Benchmarks;

internal static class Table
{
    public static void Write(TextWriter to, IEnumerable<Result> results)
    {
        to.WriteLine($"{"work",-10} {"tok/s ours",11} {"PyTorch",9} {"ratio",6} {"rounds",11} {"GFLOP/s",8} {"PyTorch",8} {"of peak",8} {"MB ours",8} {"PyTorch",8} {"ratio",6} {"losses",9}");
        foreach (var r in results)
        {
            var ratios = r.PeerRounds.Zip(r.OurRounds, (peer, ours) => peer / ours).ToArray();
            to.WriteLine(
                $"{r.Workload.Name,-10} {r.OurTokensPerSecond,11:f0} {r.PeerTokensPerSecond,9:f0} {r.Ratio,5:f1}x {$"{ratios.Min():f1}–{ratios.Max():f1}",11} "
                + $"{r.OurGflops,8:f0} {r.PeerGflops,8:f0} {r.OurGflops / r.GemmPeak,8:p0} {r.OurPeakBytes / 1e6,8:f0} {r.PeerPeakBytes / 1e6,8:f0} {r.MemoryRatio,6:p0} {$"±{r.LossDifference:0e+0}",9}");
            to.WriteLine($"{"",10} PyTorch at its best, {r.PeerThreads}; GEMM peak {r.GemmPeak:f0} GFLOP/s in the same minutes; step {r.OurSeconds * 1e3:f1} ms and {r.PeerSeconds * 1e3:f1} ms.");
        }
    }
}
