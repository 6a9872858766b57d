using System.Text;
using System.Text.Json;
using Research.TextVae.Cli.Nightly;
using Research.TextVae.Cli.Recipes;
using Research.TextVae.Cli.Runs;
using Research.TextVae.Experiments;
using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Training;

namespace Research.TextVae.Cli.Tests.Fuzzing;

/// <summary>The readers of a run's records: those that show it, and those that continue it or open its models.</summary>
internal static class FuzzedRuns
{
    private const string Config = "config.json", Environment = "environment.json", Expectations = "expectations.json";
    private const string Headlines = "headlines.json", MemberConfig = "members/a/config.json", Metrics = "members/a/metrics.jsonl";
    private const string Result = "members/a/result.json", Resumed = "resumed.jsonl", Model = "members/a/model.json";

    private static readonly string _runs = Directory.CreateTempSubdirectory("r").FullName;
    private static readonly string _run = Path.Combine(_runs, "a", "20261101-101500-00aa");
    private static readonly Dictionary<string, string> _valid = Valid();
    private static readonly Lazy<RunFolder> _held = new(() => RunFolder.Open(_runs, "a", "2026"));

    private static readonly IReadOnlyList<ReferenceRow> _rows = Parsed(Reference, ReferenceRow.Read);
    private static readonly IReadOnlyList<NightItem> _night = Parsed(Trend, NightItem.ReadAll);

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        .. new[] { Config, Environment, Expectations, Headlines, MemberConfig, Metrics, Result, Resumed }
            .Select(file => Of("show", file, Show)),
        Of("continue", Config, Continue),
        Of("continue", Environment, Continue),
        Of("continue", Metrics, () => _ = JsonLines.Read<MetricsRecord>(Path.Combine(_run, Metrics)).OfType<FinalRecord>()
            .Sum(record => record.Metrics.Kl)),
        Of("continue", Result, () => Use(MemberResult.Read(_held.Value, Result))),
        Of("open", Model, () => Use(TrainedModel.Read(Path.Combine(_run, "members/a")))),
        new("night-trend", [Encoding.UTF8.GetBytes(Trend)], input => Read(input, path =>
            _ = NightOutcome.Of(NightItem.ReadAll(path), _rows).Summary)),
        new("night-reference", [Encoding.UTF8.GetBytes(Reference)], input => Read(input, path =>
        {
            var rows = ReferenceRow.Read(path);
            _ = NightOutcome.Of(_night, rows).Summary;
        })),
    ];

    private const string Trend =
        """
        {"night":"n","commit":"c","size":"standard","name":"a","exitCode":1,"seconds":2.8,
        """ + """
        "claims":[{"text":"t","passed":false,"detail":"d"}],"headlines":{"S":"1.5"},
        """ + """
        "rows":[{"row":"r","seeds":2,"figures":{"x":1.5,"s":0.1}}]}

        """;

    private const string Reference =
        """
        {"recipe":"a","row":"r","seeds":2,"mean":{"x":1.5},"deviation":{"x":0.7}}
        {"recipe":"a","row":"q","seeds":1,"mean":{"x":1},"deviation":null}

        """;

    private static FuzzTarget Of(string use, string file, Action read) => new(
        $"{use}-{Path.GetFileNameWithoutExtension(file)}{(file == MemberConfig ? "-of-member" : "")}",
        [Encoding.UTF8.GetBytes(_valid[file])],
        input =>
        {
            var path = Path.Combine(_run, file);
            File.WriteAllBytes(path, input);
            try
            {
                read();
            }
            finally
            {
                File.WriteAllText(path, _valid[file]);
            }
        });

    private static void Show()
    {
        var store = new RunStore(_runs);
        var run = store.Find(null);
        _ = $"{run.Outcome} {run.Started} {run.Config.Text("title")} {run.EnvironmentRecord.Text("commit")} {run.Resumptions.Count()}";
        foreach (var key in new[] { "parameters", "data" })
            RunChanges.Flatten(run.Config?[key]);
        foreach (var claim in run.Expectations!)
            _ = $"{Run.Passed(claim)} {claim.Text("text")}";
        HeadlineTable.Of([new RecipeFile("a.csx", "A")], store);
        RunRow.Of(run);
        var members = run.Members();
        foreach (var member in members)
        {
            _ = $"{member.Status} {RunCurves.Of(member).Count()} {RunChanges.Flatten(member.Config?["config"]).Count}";
            foreach (var (key, _, format) in MetricColumns.Of(members))
                MetricColumns.Format(member.Latest, key, format);
        }
    }

    private static void Continue()
    {
        var folder = _held.Value;
        var options = StoredRun.Read(folder).Continue(new RunOptions());
        var now = new RunDescription
        {
            Recipe = "a",
            Title = "A",
            About = "",
            Preset = options.Preset,
            Seed = options.Seed,
            Device = options.Device,
            Parameters = options.Parameters,
            Members = [new MemberDescription("a", 1, null)],
        };
        var environment = EnvironmentDescription.Take(DateTimeOffset.UnixEpoch);
        _ = RunChanges.Between(folder.Read(Config)!, folder.Read(Environment), now, environment).ToString();
    }

    private static void Use(MemberResult? result)
    {
        if (result is null)
            return;
        var results = new StudyResults([new StudyRow(result.Member, [result])]);
        _ = results.Rows[0].Find(Metric.Kl) + results.Rows[0].First.Series.Values.Sum(series => series.X.Count + series.Y.Count)
            + result.Texts.Sum(table => table.Caption.Length + table.Headings.Count + table.Rows.Sum(row => row.Sum(cell => cell.Length)));
    }

    private static void Use(TrainedModel model) =>
        _ = Path.Combine(model.Training, model.Weights, model.Data, $"{model.Model} {model.Text} {string.Concat(model.Classes ?? [])}");

    private static void Read(byte[] input, Action<string> read)
    {
        var path = Path.Combine(_runs, "lines.jsonl");
        File.WriteAllBytes(path, input);
        read(path);
    }

    private static IReadOnlyList<T> Parsed<T>(string lines, Func<string, IReadOnlyList<T>> read)
    {
        var path = Path.Combine(_runs, "parsed.jsonl");
        File.WriteAllText(path, lines);
        return read(path);
    }

    private static Dictionary<string, string> Valid()
    {
        var model = new TrainedModel("", "vae.", 9, 12, "austen", new TextOptions(),
            new LstmVaeConfig { EmbeddingSize = 8, HiddenSize = 8, LatentSize = 2 }, ["n", "v"]);
        var files = new Dictionary<string, string>
        {
            [Config] = """
                {"recipe": "a", "title": "A", "about": "", "preset": "standard", "seed": 1, "device": "cpu", "parameters": {"beta": "0.5"},
                 "data": {"austen": "8fb5"}, "source": "8bb6", "members": [{"name": "a", "seed": 1, "config": null}]}
                """,
            [Environment] = JsonSerializer.Serialize(EnvironmentDescription.Take(DateTimeOffset.UnixEpoch), Json.Indented),
            [Expectations] = """[{"text": "it holds", "passed": true, "detail": "1 < 2"}, {"text": "so", "passed": null, "detail": ""}]""",
            [Headlines] = """[{"system": "A", "documents": "000", "figure": "PPL 3.1 | 2"}]""",
            [MemberConfig] = """{"name": "a", "seed": 1, "config": {"model": {"hidden": 32}, "list": [1, 2]}}""",
            [Metrics] = """
                {"kind":"train","loss":3.5,"reconstruction":3,"kl":null,"klWeight":null,"learningRate":0.001,"gradientNorm":1,
                """ + """
                "tokensPerSecond":99,"step":1,"epoch":1,"time":"2026-11-01T10:15:00+00:00"}
                {"kind":"final","split":"test","metrics":{"of":"vae","klPerDimension":[1,0.5],"mutualInformation":1,"activeUnits":2,
                """ + """
                "batchMutualInformation":0.9,"objectiveKl":1.5,"negativeElbo":14,"examples":3,"tokens":9,"reconstruction":12.5},
                """ + """
                "iwNll":12,"iwPerplexity":20,"iwSamples":5,"iwSentences":3,"reconstructionBleu":"NaN","parameters":9,"seconds":2,
                """ + """
                "step":2,"epoch":1,"time":"2026-11-01T10:15:01+00:00"}

                """,
            [Result] = """
                {"member": "a", "seed": 1, "values": {"KL": 3.2, "s": 1.5, "x": "NaN"}, "seconds": 1.5,
                 "series": {"loss": {"x": [1, 2], "y": [3, 2.5], "labels": ["p", "q"]}},
                 "texts": [{"caption": "c", "headings": ["in", "out"], "rows": [["hello", "world"]]}]}
                """,
            [Resumed] = """
                {"environment": {"started": "2026-11-01T10:15:00+00:00"}, "changes": ["the recipe's file has been edited"]}

                """,
            [Model] = JsonSerializer.Serialize(model, Json.Indented),
        };
        foreach (var (name, content) in files)
            AtomicFile.Write(Path.Combine(_run, name), content);
        return files;
    }
}
