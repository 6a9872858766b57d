using System.Globalization;
using System.Text.Json;
using Research.TextVae;
using Research.TextVae.Benchmarks;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
try
{
    if (args is ["worker", var name, var folder, var dropout, var precision])
    {
        Server.Serve(BenchmarkList.Named(name), folder, double.Parse(dropout, CultureInfo.InvariantCulture), Enum.Parse<Precision>(precision));
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
        Console.WriteLine("Benchmarks (textvae bench <name>… [--rounds 5] [--steps 10] [--json file] [--page file.md]); all runs every one:");
        foreach (var known in BenchmarkList.All)
            Console.WriteLine($"  {known.Name,-20} {known.Title}{(known.Peer is { } peer ? $", against {peer.Name}" : "")}");
        Console.WriteLine($"  {"scaling",-20} time and memory of LSTM VAE training against vocabulary, length, batch and width");
        return ExitCode.Success;
    }

    var everything = options.Names.Contains("all");
    var chosen = everything ? BenchmarkList.All : [.. options.Names.Where(wanted => wanted != "scaling").Select(BenchmarkList.Named)];
    var results = new List<Result>();
    foreach (var benchmark in chosen)
    {
        Console.Error.WriteLine($"{benchmark.Name}: {benchmark.Title}");
        results.AddRange(Comparison.Run(benchmark, options.Rounds, options.Steps));
    }

    if (results.Count > 0)
        Table.Write(Console.Out, results);
    IReadOnlyList<ScalingCurve> curves = everything || options.Names.Contains("scaling") ? Scaling.Run(options.Steps) : [];
    if (curves.Count > 0)
        Scaling.Write(Console.Out, curves);
    if (options.Json is not null)
        File.WriteAllText(options.Json, JsonSerializer.Serialize(new { results, curves }, new JsonSerializerOptions { WriteIndented = true }));
    if (options.Page is not null)
        ResultsPage.Write(options.Page, options.Names, results, curves);
    return ExitCode.Success;
}
catch (UserErrorException error)
{
    Console.Error.WriteLine($"error: {error.Message}");
    return ExitCode.UserError;
}
