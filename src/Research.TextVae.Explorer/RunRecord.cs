using System.Text.Json;
using System.Text.Json.Nodes;
using Research.TextVae.Evaluation;
using Research.TextVae.Experiments;
using Research.TextVae.Support;
using Research.TextVae.Training;

namespace Research.TextVae.Explorer;

/// <summary>What the folder of a run holds while it is written.</summary>
internal sealed class RunRecord(string folder)
{
    private const int Points = 200;

    private object? _last;

    /// <summary>The finished page, once there is one.</summary>
    public string? Report => Path.Combine(folder, "report.html") is var file && File.Exists(file) ? file : null;

    /// <summary>The run and its members; what was read before while a file is being replaced.</summary>
    public object? Read()
    {
        try
        {
            var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, RunDescription.FileName)))!;
            return _last = new
            {
                id = Path.GetFileName(folder),
                title = (string?)config["title"],
                about = (string?)config["about"],
                members = config["members"]!.AsArray().Select(Member!).ToArray(),
            };
        }
        catch (Exception error) when (error is IOException or JsonException or UserException)
        {
            return _last;
        }
    }

    private object Member(JsonNode member)
    {
        var name = (string)member["name"]!;
        var own = Path.Combine(folder, "members", name);
        var records = !Directory.Exists(own)
            ? []
            : Directory.GetFiles(own, "metrics*.jsonl").Order(StringComparer.Ordinal)
                .SelectMany(JsonLines.Read<MetricsRecord>)
                .GroupBy(record => (record.GetType(), record.Step)).Select(repeated => repeated.Last()).ToList();
        var steps = records.OfType<TrainRecord>().ToList();
        var (epoch, final) = (records.OfType<EpochRecord>().LastOrDefault(), records.OfType<FinalRecord>().LastOrDefault());
        var isDone = final is not null || File.Exists(Path.Combine(own, "result.json"));
        return new
        {
            name,
            state = isDone ? "done" : records.Count > 0 ? "training" : Directory.Exists(own) ? "begun" : "waiting",
            epoch = records.Count > 0 ? records.Max(record => record.Epoch) : 0,
            epochs = (int?)member["config"]?["training"]?["epochs"],
            step = Thin(steps, record => record.Step),
            reconstruction = Thin(steps, record => record.Reconstruction),
            kl = steps.Exists(record => record.Kl is not null) ? Thin(steps, record => record.Kl ?? 0) : [],
            speed = steps.Count > 0 ? steps[^1].TokensPerSecond : (double?)null,
            measured = (final?.Metrics ?? epoch?.Metrics) switch
            {
                VaeMetrics metrics => new
                {
                    metrics.Reconstruction,
                    metrics.Kl,
                    metrics.NegativeElbo,
                    metrics.MutualInformation,
                    metrics.ActiveUnits,
                },
                LikelihoodMetrics metrics => (object)new { metrics.Reconstruction, metrics.NegativeElbo },
                null => null,
            },
            samples = Samples(own),
        };
    }

    private static string[] Samples(string own) => File.Exists(Path.Combine(own, "samples.jsonl"))
        ? [.. JsonLines.Read<SampleRecord>(Path.Combine(own, "samples.jsonl")).Where(sample => sample.Kind == SampleRecord.Prior)
            .TakeLast(4).Select(sample => sample.Texts[0])]
        : [];

    // Means of equal groups of neighbours.
    private static double[] Thin(List<TrainRecord> records, Func<TrainRecord, double> value) =>
        [.. records.Chunk((records.Count + Points - 1) / Points is var size and > 0 ? size : 1)
            .Select(group => Math.Round(group.Average(value), 4))];
}
