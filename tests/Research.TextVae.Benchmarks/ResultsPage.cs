using System.Globalization;
using Research.TextVae.Kernels;

namespace Research.TextVae.Benchmarks;

/// <summary>Results as a page of the repository: when, where, what.</summary>
internal static class ResultsPage
{
    public static void Write(string path, ResultsFile file)
    {
        using var to = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        to.WriteLine("# Measured speed");
        to.WriteLine();
        to.WriteLine(
            $"Written by `textvae bench all --page {path}` on {DateTime.UtcNow:yyyy-MM-dd}; with `--json file` it can be measured work "
                + $"by work.");
        to.WriteLine();
        to.WriteLine(
            $"- Machine: {Processor()} ({Vectors()}), {Environment.ProcessorCount} cores, "
                + $"{System.Runtime.InteropServices.RuntimeInformation.OSDescription}.");
        to.WriteLine($"- Engine: {TensorEngine.Description}; .NET {Environment.Version}.");
        to.WriteLine(
            "- All sides run in turn, round by round, in processes of their own; the ratio is the median over rounds of the ratio within a "
                + "round to the quickest peer (←), in float32 to the quickest of float32. Each peer has the best of its thread "
                + "settings and "
                + "of three ways to keep memory. \"disturbed\" counts rounds in which other programs still had more than 5 % of the "
                + "machine "
                + "after two repeats. \"same to\" is the greatest relative difference to the numbers (losses, counts) of the first peer "
                + "from the same weights and data. \"of peak\" is the share of a 1024³ matrix product's speed in the same minutes and "
                + "precision.");
        to.WriteLine();
        Table.WriteMarkdown(to, file.Results);
        to.WriteLine();
        foreach (var benchmark in file.Results.Select(result => result.Benchmark).Distinct())
            to.WriteLine(
                $"- `{benchmark.Name}`: {benchmark.Title}"
                    + string.Concat(file.Results.First(result => result.Benchmark == benchmark).Peers.Select(peer =>
                        $"; {peer.Name}{(peer.Precision == Precision.BFloat16 ? " bf16" : "")}: {peer.Setting}, {peer.FreshPages:n0} fresh "
                            + "pages per step"))
                    + ".");
        if (file.Profiles.Count > 0)
            WriteProfiles(to, file);
        if (file.Curves.Count > 0)
            WriteCurves(to, path, file.Curves);
        File.WriteAllText(path, to.ToString());
    }

    private static void WriteProfiles(StringWriter to, ResultsFile file)
    {
        to.WriteLine();
        to.WriteLine("## Where the time goes");
        to.WriteLine();
        to.WriteLine(
            "By `textvae bench <name> --profile`: shares of all threads' time in a step, sampled by `perf`. \"Products at the peak\" is "
                + "how long the matrix products alone would take at the speed of a 1024³ product.");
        to.WriteLine();
        Profiler.Write(to, file.Profiles);
        var bounds = file.Results.Where(result => result.Ceiling is not null).ToList();
        if (bounds.Count == 0)
            return;
        to.WriteLine();
        to.WriteLine("The ratio that a step of nothing but matrix products at the peak would have, beside the one measured and the goal:");
        to.WriteLine();
        to.WriteLine("| work | products | at the peak | measured | goal |");
        to.WriteLine("|---|---|---:|---:|---:|");
        foreach (var r in bounds)
            to.WriteLine(
                $"| {r.Benchmark.Name} | {(r.Precision == Precision.BFloat16 ? "bf16" : "fp32")} | {r.Ceiling:f1}x | {r.Ratio:f1}x | "
                    + $"{(r.Goal > 0 ? $"{r.Goal:f1}x" : "")} |");
    }

    private static void WriteCurves(StringWriter to, string path, IReadOnlyList<ScalingCurve> curves)
    {
        var picture = Path.ChangeExtension(path, null) + "-scaling.png";
        Scaling.Draw(curves).ToPng(picture, width: 1100, height: 520);
        to.WriteLine();
        to.WriteLine("## Scaling");
        to.WriteLine();
        to.WriteLine(
            "One training step of the LSTM VAE, float32, one size varied and the others as in `lstm-vae`; each point a process of its own. "
                + "The powers are over the upper half of each curve; time should not grow faster than the operations.");
        to.WriteLine();
        to.WriteLine($"![Time and memory against vocabulary, length, batch and width]({Path.GetFileName(picture)})");
        to.WriteLine();
        Scaling.Write(to, curves);
    }

    /// <summary>What decides which of our kernels run.</summary>
    private static string Vectors() => Kernels.KernelLibrary.HasBFloat16
        ? "AVX-512 with bfloat16"
        : System.Runtime.Intrinsics.X86.Avx512F.IsSupported
        ? "AVX-512"
        : "no AVX-512";

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor";
}
