using System.Globalization;
using Research.TextVae.Kernels;
using Research.TextVae.Support;
using TorchSharp;

namespace Research.TextVae.Benchmarks;

internal static class Program
{
    private static int Main(string[] args)
    {
        // Before anything of the library is used: it would set up the process as ours is.
        if (args is not ["torchsharp", var model, var type, _, var folder, var randomness])
            return Run(args);
        Server.Serve(
            PlainTorch.PlainTorch.Start(
                model, folder, double.Parse(randomness, CultureInfo.InvariantCulture), Enum.Parse<torch.ScalarType>(type)),
            () => 0);
        return 0;
    }

    private static int Run(string[] args)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            if (args is ["worker", var name, var folder, var dropout, var precision])
            {
                var products = Enum.Parse<Precision>(precision);
                Server.Serve(
                    BenchmarkList.Named(name).Start(folder, double.Parse(dropout, CultureInfo.InvariantCulture), products),
                    () => Server.GemmPeak(products));
                return ExitCode.Success;
            }

            // For a profiler, which then starts the worker by itself.
            if (args is ["prepare", var prepared, var into])
            {
                BenchmarkList.Named(prepared).Prepare(into);
                return ExitCode.Success;
            }

            var options = Options.Parse(args);
            if (options.Names.Count == 0)
            {
                Console.WriteLine(
                    "Benchmarks (textvae bench <name>… [--rounds 5] [--steps 10] [--profile] [--json file] [--page file.md]); all runs "
                        + "every one.");
                Console.WriteLine(
                    "--profile shows where the time goes instead of comparing; --json adds to what the file holds, and --page is written "
                        + "from all "
                        + "of it.");
                foreach (var known in BenchmarkList.All)
                    Console.WriteLine($"  {known.Name,-20} {known.Title}{Against(known)}");
                Console.WriteLine($"  {"scaling",-20} time and memory of LSTM VAE training against vocabulary, length, batch and width");
                return ExitCode.Success;
            }

            var everything = options.Names.Contains("all");
            IReadOnlyList<Benchmark> chosen = everything
                ? BenchmarkList.All
                : [.. options.Names.Where(wanted => wanted != "scaling").Select(BenchmarkList.Named)];
            var (results, profiles) = (new List<Result>(), new List<Profile>());
            var file = ResultsFile.Read(options.Json);
            if (!Research.TextVae.Kernels.KernelLibrary.HasBFloat16)
                Console.Error.WriteLine("bfloat16 is left out: this processor does not multiply it (it lacks AVX512_BF16).");
            foreach (var benchmark in chosen)
            {
                Console.Error.WriteLine($"{benchmark.Name}: {benchmark.Title}");
                if (!options.Profile)
                    results.AddRange(Comparison.Run(benchmark, options.Rounds, options.Steps));
                else if (benchmark.Operations > 0)
                    profiles.AddRange(Profiler.Run(benchmark));
                Keep([]);
            }

            if (results.Count > 0)
                Table.Write(Console.Out, results);
            if (profiles.Count > 0)
                Profiler.Write(Console.Out, profiles);
            IReadOnlyList<ScalingCurve> curves = !options.Profile && (everything || options.Names.Contains("scaling"))
                ? Scaling.Run(options.Steps)
                : [];
            if (curves.Count > 0)
                Scaling.Write(Console.Out, curves);
            Keep(curves);
            if (options.Page is not null)
                ResultsPage.Write(options.Page, file);
            return ExitCode.Success;

            // After every work, so that what is interrupted goes on where it was.
            void Keep(IReadOnlyList<ScalingCurve> measured)
            {
                file.Add(results, measured, profiles);
                if (options.Json is not null)
                    file.Write(options.Json);
            }
        }
        catch (UserException error)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            return ExitCode.UserError;
        }
    }

    private static string Against(Benchmark benchmark) =>
        benchmark.Peers.Count == 0 ? "" : $", against {string.Join(", ", benchmark.Peers)}";
}
