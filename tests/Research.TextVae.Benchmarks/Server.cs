using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Research.TextVae.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Benchmarks;

/// <summary>A side of a benchmark as a process of this program: answers commands on its input until that ends.</summary>
internal static class Server
{
    /// <param name="worker">Does the work.</param>
    /// <param name="gemmPeak">Measures GFLOP/s of a large matrix product.</param>
    public static void Serve(IWorker worker, Func<double> gemmPeak)
    {
        using var owned = worker as IDisposable;
        while (Console.ReadLine() is { } line)
        {
            object answer = line.Split(' ') switch
            {
                ["run", var steps] => Run(worker, int.Parse(steps, CultureInfo.InvariantCulture)),
                ["peak"] => new { gflops = gemmPeak() },
                ["memory"] => new { bytes = PeakBytes() },
                _ => throw new ArgumentException($"unknown command \"{line}\""),
            };
            Console.WriteLine(JsonSerializer.Serialize(answer));
        }
    }

    private static object Run(IWorker worker, int steps)
    {
        var (seconds, losses) = (new double[steps], new double[steps]);
        for (var i = 0; i < steps; i++)
        {
            var start = Stopwatch.GetTimestamp();
            losses[i] = worker.Step();
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        return new { seconds, losses };
    }

    /// <summary>GFLOP/s of our product of 1024 × 1024 matrices.</summary>
    public static double GemmPeak(Precision precision)
    {
        const int size = 1024, repeats = 12;
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        var (a, b) = (randn(size, size), randn(size, size));
        var best = double.PositiveInfinity;
        for (var i = 0; i < repeats; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var product = LinearKernel.Compute(a, b, null, precision);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * size * size * size / best * 1e-9;
    }

    private static long PeakBytes() =>
        1024 * long.Parse(
            File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture);
}
