using Research.TextVae.Kernels;

namespace Research.TextVae.Benchmarks;

/// <summary>Results as rows of text: a terminal's table, and the same as Markdown.</summary>
internal static class Table
{
    private static readonly string[] Head =
        [
            "work", "products", "ours", "TorchSharp", "TorchSharp bf16", "PyTorch", "ratio", "goal", "rounds", "disturbed", "GFLOP/s",
            "of peak",
            "memory", "of peer's", "same to",
        ];

    public static void Write(TextWriter to, IReadOnlyList<Result> results)
    {
        string[][] rows = [Head, .. results.Select(Row)];
        var widths = Head.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            to.WriteLine(string.Join("  ", row.Select((cell, i) => i < 2 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
    }

    public static void WriteMarkdown(TextWriter to, IReadOnlyList<Result> results)
    {
        to.WriteLine($"| {string.Join(" | ", Head)} |");
        to.WriteLine($"|---|---|{string.Concat(Enumerable.Repeat("---:|", Head.Length - 2))}");
        foreach (var result in results)
            to.WriteLine($"| {string.Join(" | ", Row(result))} |");
    }

    private static string[] Row(Result r) =>
    [
        r.Benchmark.Name,
        r.Precision == Precision.BFloat16 ? "bf16" : "fp32",
        Speed(r, r.Ours),
        Of(r, peer => peer is { Name: "TorchSharp", Precision: Precision.Float32 }),
        Of(r, peer => peer is { Name: "TorchSharp", Precision: Precision.BFloat16 }),
        Of(r, peer => peer.Name != "TorchSharp"),
        r.Ratio is { } ratio ? $"{ratio:f1}x" : "",
        r.Goal is > 0 and var goal ? $"{goal:f1}x{(r.Ratio >= goal ? " ✓" : "")}" : "",
        r.RoundRatios is { Count: > 0 } rounds ? $"{rounds.Min():f1}–{rounds.Max():f1}" : "",
        r.Disturbed > 0 ? $"{r.Disturbed} of {r.Ours.Seconds.Length}" : "",
        r.Benchmark.Operations > 0 ? $"{r.OurGflops:f0}" : "",
        r.Benchmark.Operations > 0 ? $"{r.OurGflops / r.GemmPeak:p0}" : "",
        $"{r.Ours.PeakBytes / 1e6:f0} MB",
        r.MemoryRatio is { } memory ? $"{memory:p0}" : "",
        r.Difference is { } difference ? difference == 0 ? "equal" : $"{difference:0e+0}" : "",
    ];

    private static string Of(Result r, Func<Contender, bool> peer) =>
        r.Peers.FirstOrDefault(peer) is not { } side ? "" : ReferenceEquals(side, r.Peer) ? $"{Speed(r, side)} ←" : Speed(r, side);

    private static string Speed(Result r, Contender side) =>
        r.Benchmark.Unit == "B" ? $"{r.Speed(side) / 1e6:f1} MB/s" : $"{r.Speed(side):n0} {r.Benchmark.Unit}/s";
}
