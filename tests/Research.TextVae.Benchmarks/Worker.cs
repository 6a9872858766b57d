using System.Diagnostics;
using System.Text.Json;
using Research.TextVae.Models;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Benchmarks;

/// <summary>Our side: trains the library's own LSTM VAE as a trainer would and times each step.</summary>
internal sealed class Worker
{
    private const long Bos = 1;

    private readonly Workload workload;
    private readonly LstmVae model;
    private readonly optim.Optimizer optimizer;
    private readonly List<(TextBatch Batch, Tensor Noise)> batches = [];
    private int step;

    private Worker(Workload workload, string folder, double dropout)
    {
        this.workload = workload;
        model = Model(workload, dropout);
        var loaded = Safetensors.Read(Path.Combine(folder, "weights.safetensors"));
        using (no_grad())
            foreach (var (name, parameter) in model.named_parameters()) parameter.copy_(loaded[name]);
        foreach (var tensor in loaded.Values) tensor.Dispose();
        optimizer = optim.Adam(model.parameters(), workload.LearningRate);
        var data = Safetensors.Read(Path.Combine(folder, "batches.safetensors"));
        for (var i = 0; i < workload.Batches; i++) batches.Add((Batch(data["targets"][i]), data["noise"][i]));
    }

    /// <summary>Writes what both sides start from: weights, sentences, noise and the workload's numbers.</summary>
    public static void Prepare(Workload workload, string folder)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        File.WriteAllText(Path.Combine(folder, "workload.json"), JsonSerializer.Serialize(workload));
        using var model = Model(workload, dropout: 0);
        Safetensors.Write(Path.Combine(folder, "weights.safetensors"), model.state_dict());
        Safetensors.Write(Path.Combine(folder, "batches.safetensors"), new Dictionary<string, Tensor>
        {
            ["targets"] = randint(4, workload.Vocabulary, [workload.Batches, workload.Batch, workload.Time]),
            ["noise"] = randn(workload.Batches, workload.Batch, workload.Latent),
        });
    }

    /// <summary>Answers commands until the input ends.</summary>
    public static void Serve(Workload workload, string folder, double dropout)
    {
        var worker = new Worker(workload, folder, dropout);
        while (Console.ReadLine() is { } line)
        {
            object answer = line.Split(' ') switch
            {
                ["run", var steps] => worker.Run(int.Parse(steps, System.Globalization.CultureInfo.InvariantCulture)),
                ["peak"] => new { gflops = GemmPeak() },
                ["memory"] => new { bytes = PeakBytes() },
                _ => throw new ArgumentException($"unknown command \"{line}\""),
            };
            Console.WriteLine(JsonSerializer.Serialize(answer));
        }
    }

    private static LstmVae Model(Workload workload, double dropout) => new(
        new LstmVaeConfig { Embedding = workload.Embedding, Hidden = workload.Hidden, Latent = workload.Latent, Dropout = dropout },
        workload.Vocabulary);

    private TextBatch Batch(Tensor targets)
    {
        var inputs = cat([full([workload.Batch, 1], Bos, ScalarType.Int64), targets.slice(1, 0, workload.Time - 1, 1)], 1);
        return new TextBatch(
            inputs, targets, full([workload.Batch], (long)workload.Time, ScalarType.Int64), ones(workload.Batch, workload.Time), workload.Tokens);
    }

    private object Run(int steps)
    {
        var (seconds, losses) = (new double[steps], new double[steps]);
        for (var i = 0; i < steps; i++)
        {
            var start = Stopwatch.GetTimestamp();
            losses[i] = Step(batches[step++ % batches.Count]);
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        return new { seconds, losses };
    }

    private double Step((TextBatch Batch, Tensor Noise) data)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var terms = model.Elbo(data.Batch, data.Noise);
        var loss = (terms.Reconstruction.Total + terms.Kl.sum()) / workload.Batch;
        loss.backward();
        nn.utils.clip_grad_norm_(model.parameters(), workload.Clip);
        optimizer.step();
        return loss.item<float>();
    }

    private static double GemmPeak()
    {
        const int size = 1024, repeats = 12;
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        var (a, b) = (randn(size, size), randn(size, size));
        var best = double.PositiveInfinity;
        for (var i = 0; i < repeats; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var product = nn.functional.linear(a, b);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return 2.0 * size * size * size / best * 1e-9;
    }

    private static long PeakBytes() =>
        1024 * long.Parse(
            File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            System.Globalization.CultureInfo.InvariantCulture);
}
