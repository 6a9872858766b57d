using System.Diagnostics;
using System.Text.RegularExpressions;
using Research.TextVae.Kernels;
using Research.TextVae.Support;

namespace Research.TextVae.Benchmarks;

/// <summary>Samples where our side is, a thousand times per second of each thread's computing, with Linux's <c>perf</c>.</summary>
internal static class Profiler
{
    private const double Seconds = 3;

    /// <summary>Profiles of a work in its precisions.</summary>
    /// <exception cref="UserException">There is no <c>perf</c>, or it may not look.</exception>
    public static IReadOnlyList<Profile> Run(Benchmark benchmark)
    {
        var folder = Directory.CreateTempSubdirectory("textvae-profile-").FullName;
        try
        {
            benchmark.Prepare(folder);
            return [.. benchmark.Precisions.Select(precision => Run(benchmark, precision, folder))];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new UserException("a profile needs Linux's perf: apt-get install linux-perf.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static void Write(TextWriter to, IReadOnlyList<Profile> profiles)
    {
        var parts = ProfilePart.Names.Where(part => profiles.Any(profile => profile.Shares.GetValueOrDefault(part) >= 0.001)).ToList();
        to.WriteLine($"| work | products | ms per step | peak GFLOP/s | products at the peak, ms | {string.Join(" | ", parts)} |");
        to.WriteLine($"|---|---|{string.Concat(Enumerable.Repeat("---:|", 3 + parts.Count))}");
        foreach (var p in profiles)
            to.WriteLine(
                $"| {p.Work} | {(p.Precision == Precision.BFloat16 ? "bf16" : "fp32")} | {p.Milliseconds:f1} | {p.GemmPeak:f0} | "
                    + $"{p.Floor:f1} | {string.Join(" | ", parts.Select(part => $"{p.Shares.GetValueOrDefault(part) * 100:f1} %"))} |");
    }

    private static Profile Run(Benchmark benchmark, Precision precision, string folder)
    {
        var (data, control) = (Path.Combine(folder, "perf.data"), Path.Combine(folder, "control"));
        File.Delete(control);
        using (var pipe = Process.Start("mkfifo", [control]))
            pipe.WaitForExit();
        double median, peak;
        // It starts the worker: attached to one, it would spin on a core of its own from the first thread that ends.
        using (var side = Side.Ours(benchmark, folder, benchmark.Randomness, precision, "perf", "record", "-q", "-F", "1000", "-e",
            "cpu-clock", "-o", data, "-D", "-1", "--control", $"fifo:{control}", "--"))
        {
            side.WarmUp();
            var steps = Math.Max(3, (int)(Seconds / side.Run(3).Median));
            Tell("enable");
            median = side.Run(steps).Median;
            Tell("disable");
            peak = side.GemmPeak();
        }

        using var script =
            Process.Start(new ProcessStartInfo("perf", ["script", "-i", data, "-F", "ip,sym,dso"]) { RedirectStandardOutput = true })!;
        var counts = new Dictionary<string, double>();
        while (script.StandardOutput.ReadLine() is { } line)
        {
            // "7f12ab34 textvae::products::kernel<...>+0x1a (/path/libtextvae_kernels-v4.so)"; a file that is gone has its brackets inside.
            if (Regex.Match(line, @"^\s*[0-9a-f]+ (?<function>.*?) \((?<file>[^()]*(\(deleted\))?[^()]*)\)$") is { Success: true } match)
            {
                var part = ProfilePart.Of(
                    Path.GetFileName(match.Groups["file"].Value.Replace("(deleted)", "", StringComparison.Ordinal).Trim()),
                    match.Groups["function"].Value);
                counts[part] = counts.GetValueOrDefault(part) + 1;
            }
        }

        if (counts.Count == 0)
            throw new UserException(
                "perf saw nothing; it may look at your own processes when /proc/sys/kernel/perf_event_paranoid is at most 2.");
        var all = counts.Values.Sum();
        return new(benchmark.Name, precision, median * 1e3, peak, counts.ToDictionary(entry => entry.Key, entry => entry.Value / all));

        void Tell(string command)
        {
            using (var to = new StreamWriter(new FileStream(control, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)))
                to.WriteLine(command);
            Thread.Sleep(100); // until it has listened
        }
    }
}
