using System.Globalization;
using System.Text.Json;
using Research.TextVae.Benchmarks;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
try
{
    if (args is ["worker", var worked, var folder, var dropout])
    {
        Worker.Serve(Named(worked), folder, double.Parse(dropout, CultureInfo.InvariantCulture));
        return 0;
    }
    var options = Options.Parse(args);
    if (options.Name is null)
    {
        Console.WriteLine("Benchmarks against PyTorch (benchmark <name> [--rounds 5] [--steps 10] [--json file]); all runs every one:");
        foreach (var known in Workload.All)
            Console.WriteLine($"  {known.Name,-10} {known.Title}: V {known.Vocabulary}, E {known.Embedding}, H {known.Hidden}, z {known.Latent}, {known.Batch} × {known.Time} tokens, dropout {known.Dropout}");
        return 0;
    }
    Workload[] chosen = options.Name == "all" ? [.. Workload.All] : [Named(options.Name)];
    var results = new List<Result>();
    foreach (var workload in chosen)
    {
        Console.Error.WriteLine($"{workload.Name}:");
        results.Add(Comparison.Run(workload, options.Rounds, options.Steps));
    }
    Table.Write(Console.Out, results);
    if (options.Json is not null)
        File.WriteAllText(options.Json, JsonSerializer.Serialize(results, new JsonSerializerOptions { WriteIndented = true }));
    return 0;
}
catch (Research.TextVae.UserErrorException error)
{
    Console.Error.WriteLine($"error: {error.Message}");
    return (int)Research.TextVae.ExitCode.UserError;
}

static Workload Named(string name) => Workload.All.FirstOrDefault(workload => workload.Name == name)
    ?? throw new Research.TextVae.UserErrorException(
        $"there is no benchmark \"{name}\"; there are {string.Join(", ", Workload.All.Select(workload => workload.Name))} and all.");
