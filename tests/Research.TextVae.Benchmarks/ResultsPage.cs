using System.Globalization;
using Research.TextVae.Plots;

namespace Research.TextVae.Benchmarks;

/// <summary>Results as a page of the repository: when, where, what.</summary>
internal static class ResultsPage
{
    public static void Write(string path, IReadOnlyList<string> names, IReadOnlyList<Result> results, IReadOnlyList<ScalingCurve> curves)
    {
        using var to = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        to.WriteLine("# Measured speed");
        to.WriteLine();
        to.WriteLine($"Written by `textvae bench {string.Join(' ', names)} --page {path}` on {DateTime.UtcNow:yyyy-MM-dd}.");
        to.WriteLine();
        to.WriteLine($"- Machine: {Processor()}, {Environment.ProcessorCount} cores, {System.Runtime.InteropServices.RuntimeInformation.OSDescription}.");
        to.WriteLine($"- Engine: {Backend.Description}; .NET {Environment.Version}.");
        to.WriteLine("- Both sides run in turn, round by round, in processes of their own; the ratio is the median over rounds of the ratio within a round. The peer has the best of its thread settings. \"same to\" is the greatest relative difference between the numbers (losses, counts) the two sides compute from the same weights and data. \"of peak\" is the share of a 1024³ matrix product's speed in the same minute and precision.");
        to.WriteLine();
        Table.WriteMarkdown(to, results);
        to.WriteLine();
        foreach (var benchmark in results.Select(result => result.Benchmark).Distinct())
            to.WriteLine($"- `{benchmark.Name}`: {benchmark.Title}{(benchmark.Peer is { } peer ? $"; peer: {peer.Name}, {results.First(result => result.Benchmark == benchmark).Peer!.Setting}" : "")}.");
        if (curves.Count > 0)
            WriteCurves(to, path, curves);
        File.WriteAllText(path, to.ToString());
    }

    private static void WriteCurves(StringWriter to, string path, IReadOnlyList<ScalingCurve> curves)
    {
        var picture = Path.ChangeExtension(path, null) + "-scaling.png";
        FigurePng.Render(Scaling.Draw(curves), picture, width: 1100, height: 520);
        to.WriteLine();
        to.WriteLine("## Scaling");
        to.WriteLine();
        to.WriteLine("One training step of the LSTM VAE, float32, one size varied and the others as in `lstm-vae`; each point a process of its own. The powers are over the upper half of each curve; time should not grow faster than the operations.");
        to.WriteLine();
        to.WriteLine($"![Time and memory against vocabulary, length, batch and width]({Path.GetFileName(picture)})");
        to.WriteLine();
        Scaling.Write(to, curves);
    }

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor";
}
