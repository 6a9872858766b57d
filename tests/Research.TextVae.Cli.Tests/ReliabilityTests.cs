using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace Research.TextVae.Cli.Tests;

/// <summary>
/// Recipes that are killed without warning at random moments, again and again, and end with the bytes of the run that was not.
/// <c>TEXTVAE_KILLS</c> sets how many kills six recipes share: <c>./textvae test --reliability</c> makes 120. Without it one recipe is
/// killed three times.
/// </summary>
public sealed class ReliabilityTests(ITestOutputHelper output) : IDisposable
{
    private static readonly string[] Names =
        ["vae-beta-sweep", "language-models", "collapse-remedies", "kl-annealing", "vocabulary", "gan-against-vae"];

    // What depends on the clock.
    private static readonly string[] OfTheClock = ["time", "seconds", "tokensPerSecond", "s", "thousand characters per second"];

    private readonly Workplace _place = new();

    public static TheoryData<string, int> Recipes { get; } = Planned();

    public void Dispose() => _place.Dispose();

    [Theory]
    [MemberData(nameof(Recipes))]
    public void ARunKilledAtRandomMomentsEndsWithTheSameBytes(string recipe, int kills)
    {
        string[] subjects = ["the cat", "a dog", "my aunt", "nobody here"], objects = ["the garden", "a red house", "two birds", "music"];
        _place.Write("mine.txt", string.Concat(Enumerable.Range(0, 240).Select(i =>
            $"{subjects[i % 4]} sees {objects[i * 3 / 7 % 4]} on day {i % 97} .\n")));
        var clock = Stopwatch.StartNew();
        var whole = Workplace.Finish(Start(recipe, "whole", null));
        Assert.True(whole.ExitCode == 0, whole.Output + whole.Error);
        var (duration, expected) = (clock.Elapsed.TotalSeconds, Records(recipe, "whole"));

        var (random, killed, finished) = (new Random(recipe.Length + kills), 0, 0);
        while (killed < kills)
        {
            using var process = Start(recipe, "parts", Run(recipe, "parts"));
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (process.WaitForExit(TimeSpan.FromSeconds(duration * (0.1 + random.NextDouble()))))
            {
                // Past its end: its bytes are compared, and another one is killed.
                Assert.Equal(0, process.ExitCode);
                Assert.Equal(expected, Records(recipe, "parts"));
                Directory.Delete(Path.Combine(_place.Folder, "parts"), recursive: true);
                finished++;
                continue;
            }

            process.Kill();
            process.WaitForExit();
            killed++;
        }

        var last = Workplace.Finish(Start(recipe, "parts", Run(recipe, "parts")));
        Assert.True(last.ExitCode == 0, last.Output + last.Error);
        Assert.Equal(expected, Records(recipe, "parts"));
        output.WriteLine($"{recipe}: {killed} kills, {finished + 1} runs with the same bytes");
    }

    private static TheoryData<string, int> Planned()
    {
        var asked = int.Parse(Environment.GetEnvironmentVariable("TEXTVAE_KILLS") ?? "0", CultureInfo.InvariantCulture);
        var data = new TheoryData<string, int>();
        foreach (var name in asked > 0 ? Names : Names[..1])
            data.Add(name, asked > 0 ? (asked + Names.Length - 1) / Names.Length : 3);
        return data;
    }

    private Process Start(string recipe, string runs, string? resume)
    {
        var script = Path.Combine(Workplace.Checkout, "recipes", recipe + ".csx");
        string[] begin = ["--smoke", "-p", "data=mine.txt", "-p", "epochs=3", "-p", "checkpoint-every=5"];
        return _place.StartTextVae(["run", script, "--runs", runs, .. resume is null ? begin : ["--resume", resume]]);
    }

    // A run that was killed before it had a description is none.
    private string? Run(string recipe, string runs)
    {
        var folder = Path.Combine(_place.Folder, runs, recipe);
        if (!Directory.Exists(folder))
            return null;
        foreach (var run in Directory.GetDirectories(folder))
        {
            if (File.Exists(Path.Combine(run, "config.json")))
                return Path.GetFileName(run);
            Directory.Delete(run, recursive: true);
        }

        return null;
    }

    /// <summary>Every file of the members by its path: tensors by their hash, records without what depends on the clock.</summary>
    private SortedDictionary<string, string> Records(string recipe, string runs)
    {
        var members = Path.Combine(_place.Folder, runs, recipe, Run(recipe, runs)!, "members");
        var records = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(members, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(members, file);
            if (name.EndsWith(".safetensors", StringComparison.Ordinal) && !name.Contains("previous", StringComparison.Ordinal))
                records[name] = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
            else if (Path.GetFileName(name).StartsWith("metrics", StringComparison.Ordinal))
            {
                foreach (var line in File.ReadAllLines(file).Select(line => JsonNode.Parse(line)!.AsObject()))
                    records[$"{name} {line["kind"]} {line["step"]}"] = WithoutClock(line);
            }
            else if (Path.GetFileName(name) is "samples.jsonl" or "model.json" or "tokenizer.json" or "config.json")
                records[name] = File.ReadAllText(file);
            else if (Path.GetFileName(name) == "result.json")
                records[name] = WithoutClock(JsonNode.Parse(File.ReadAllText(file))!);
        }

        return records;
    }

    private static string WithoutClock(JsonNode node)
    {
        foreach (var record in new[] { node, node["values"] }.OfType<JsonObject>())
        {
            foreach (var name in OfTheClock)
                record.Remove(name);
        }

        return node.ToJsonString();
    }
}
