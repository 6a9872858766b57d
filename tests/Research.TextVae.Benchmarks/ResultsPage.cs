using System.Globalization;
using Research.TextVae.Experiments;

namespace Research.TextVae.Benchmarks;

/// <summary>Results as a page of the repository: when, where, what.</summary>
internal static class ResultsPage
{
    public static void Write(string path, IReadOnlyList<Result> results)
    {
        using var to = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        to.WriteLine("# Measured speed");
        to.WriteLine();
        to.WriteLine($"Written by `textvae bench {string.Join(' ', results.Select(result => result.Benchmark.Name).Distinct())} --page {path}` on {DateTime.UtcNow:yyyy-MM-dd}.");
        to.WriteLine();
        to.WriteLine($"- Machine: {Processor()}, {Environment.ProcessorCount} cores, {System.Runtime.InteropServices.RuntimeInformation.OSDescription}.");
        to.WriteLine($"- Engine: {Backend.Description}; .NET {Environment.Version}.");
        to.WriteLine("- Both sides run in turn, round by round, in processes of their own; the ratio is the median over rounds of the ratio within a round. The peer has the best of its thread settings. \"same to\" is the greatest relative difference between the numbers (losses, counts) the two sides compute from the same weights and data. \"of peak\" is the share of a 1024³ matrix product's speed in the same minute and precision.");
        to.WriteLine();
        Table.WriteMarkdown(to, results);
        to.WriteLine();
        foreach (var benchmark in results.Select(result => result.Benchmark).Distinct())
            to.WriteLine($"- `{benchmark.Name}`: {benchmark.Title}{(benchmark.Peer is { } peer ? $"; peer: {peer.Name}, {results.First(result => result.Benchmark == benchmark).Peer!.Setting}" : "")}.");
        File.WriteAllText(path, to.ToString());
    }

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor";
}
