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

    var options = Options.Parse(args);
    if (options.Names.Count == 0)
    {
        Console.WriteLine("Benchmarks (textvae bench <name>… [--rounds 5] [--steps 10] [--json file] [--page file.md]); all runs every one:");
        foreach (var known in BenchmarkList.All)
            Console.WriteLine($"  {known.Name,-20} {known.Title}{(known.Peer is { } peer ? $", against {peer.Name}" : "")}");
        return ExitCode.Success;
    }

    var chosen = options.Names is ["all"] ? BenchmarkList.All : [.. options.Names.Select(BenchmarkList.Named)];
    var results = new List<Result>();
    foreach (var benchmark in chosen)
    {
        Console.Error.WriteLine($"{benchmark.Name}: {benchmark.Title}");
        results.AddRange(Comparison.Run(benchmark, options.Rounds, options.Steps));
    }

    Table.Write(Console.Out, results);
    if (options.Json is not null)
        File.WriteAllText(options.Json, JsonSerializer.Serialize(results, new JsonSerializerOptions { WriteIndented = true }));
    if (options.Page is not null)
        ResultsPage.Write(options.Page, results);
    return ExitCode.Success;
}
catch (UserErrorException error)
{
    Console.Error.WriteLine($"error: {error.Message}");
    return ExitCode.UserError;
}
