using System.Diagnostics;
using System.Text.Json.Nodes;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Tests;

/// <summary>The recipes of the repository through the real command line.</summary>
public sealed class RecipeTests : IDisposable
{
    private static readonly string BetaSweep = Path.Combine(Workplace.Checkout, "recipes", "vae-beta-sweep.csx");

    private readonly Workplace _place = new();

    public static TheoryData<string> Recipes { get; } =
        [.. Directory.GetFiles(Path.Combine(Workplace.Checkout, "recipes"), "*.csx").Select(path => Path.GetFileName(path))
            .Where(name => name != "prelude.csx")];

    public void Dispose() => _place.Dispose();

    [Theory]
    [MemberData(nameof(Recipes))]
    public void TheSmokeSizeRunsToItsReport(string recipe)
    {
        // With the user's own cache, so that a data set is fetched once for all recipes.
        var outcome = Workplace.Finish(_place.Start(
            "dotnet", Command("run", Path.Combine(Workplace.Checkout, "recipes", recipe), "--smoke"),
            ("XDG_CACHE_HOME", Environment.GetEnvironmentVariable("XDG_CACHE_HOME"))));

        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        Assert.DoesNotContain('\u001b', outcome.Output);
        var run = Assert.Single(Directory.GetDirectories(Path.Combine(_place.Folder, "runs", Path.GetFileNameWithoutExtension(recipe))));
        Assert.Contains("</html>", File.ReadAllText(Path.Combine(run, "report.html")), StringComparison.Ordinal);
        foreach (var member in Directory.GetDirectories(Path.Combine(run, "members")))
        {
            if (Path.Combine(member, "result.json") is var file && File.Exists(file))
            {
                var values = JsonNode.Parse(File.ReadAllText(file))!["values"]!.AsObject();
                Assert.True(values.Count > 1, $"{member} recorded nothing");
                Assert.All(values,
                    value => Assert.True(
                        value.Value!.GetValueKind() == System.Text.Json.JsonValueKind.Number, $"{member}: {value.Key} is {value.Value}"));
                continue;
            }

            Assert.True(File.Exists(Path.Combine(member, "checkpoints", "best.safetensors")), member);
            Assert.NotEmpty(File.ReadAllLines(Path.Combine(member, "samples.jsonl")));
            var final = Final(member);
            Assert.All(new[] { "reconstruction", "kl", "iwNll", "mutualInformation" }, name =>
                Assert.True(double.IsFinite((double)(final["metrics"]![name] ?? final[name])!), name));
        }
    }

    /// <summary>The command takes every recipe and notebook there is.</summary>
    [Fact]
    public void EveryRecipeRunsNightly() => Assert.Contains(
        "run: ./textvae nightly --output nightly\n",
        File.ReadAllText(Path.Combine(Workplace.Checkout, ".github", "workflows", "nightly.yml")), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Recipes))]
    public void NoRecipeNeedsAProcessorWithBFloat16(string recipe) =>
        Assert.DoesNotContain(
            "Precision.BFloat16", File.ReadAllText(Path.Combine(Workplace.Checkout, "recipes", recipe)), StringComparison.Ordinal);

    /// <summary>Killed without warning in the middle of its second member and continued, a run ends with the numbers it would have
    /// had.</summary>
    [Fact]
    public void AKilledRunIsContinuedToTheSameNumbers()
    {
        WriteText("mine.txt");
        string[] arguments = ["run", BetaSweep, "--smoke", "-p", "data=mine.txt", "-p", "epochs=4", "--seed", "5"];
        var whole = _place.TextVae([.. arguments, "--runs", "whole"]);
        Assert.True(whole.ExitCode == 0, whole.Output + whole.Error);

        using (var killed = _place.StartTextVae([.. arguments, "--runs", "parts"]))
        {
            var members = 0;
            while (killed.StandardOutput.ReadLine() is { } line)
            {
                members += line.StartsWith('[') ? 1 : 0;
                if (members == 2 && line.Contains("epoch 2:", StringComparison.Ordinal))
                    break;
            }

            killed.Kill();
            killed.WaitForExit();
        }

        var parts = Assert.Single(Directory.GetDirectories(Path.Combine(_place.Folder, "parts", "vae-beta-sweep")));
        var resumed = _place.TextVae("run", BetaSweep, "--resume", Path.GetFileName(parts)[..12], "--runs", "parts");

        Assert.True(resumed.ExitCode == 0, resumed.Output + resumed.Error);
        Assert.Equal(Finals("whole"), Finals("parts"));
    }

    public static TheoryData<string[], string> Mistakes { get; } = new()
    {
        { ["-p", "epoch=3"], "error: -p epoch: recipe vae-beta-sweep has no such parameter; did you mean epochs? It has " },
        { ["-p", "hidden=3", "-p", "data=nowhere.txt"],
            "error: -p hidden: recipe vae-beta-sweep has no such parameter; did you mean hidden-size? It has " },
        { ["-p", "epochs=many"], "error: -p epochs=many: expected an integer (default 1)." },
        { ["-p", "hidden-size=-1"], "error: -p hidden-size=-1: HiddenSize is -1; it must be at least 1." },
        { ["-p", "data=nowhere.txt"], "error: " },
        { ["-p", "data=latin1.txt"], "error: " },
        { ["-p", "data=short.txt"], "error: " },
        { ["-p", "learning-rate=0,002"],
            "error: -p learning-rate=0,002: expected a number with a point before its decimals (default 0.002)." },
        { ["-p", "learning-rate=NaN"], "error: -p learning-rate=NaN: expected a number" },
        { ["-p", "learning-rate=1e999"],
            "error: -p learning-rate=1e999: expected a number with a point before its decimals within the range" },
        { ["-p", "epochs=1,000"], "error: -p epochs=1,000: expected an integer" },
        { ["-p", "optimizer=adam,sgd"], "error: -p optimizer=adam,sgd: expected one of adam, sgd" },
        { ["-p", "hidden-size=2147483647"], "error: weights of 8589934588 × 32 need " },
        { ["--smok"], "error: unknown option '--smok'; did you mean --smoke?" },
        { ["--seeds", "3"], "error: unknown option '--seeds'; did you mean --seed?" },
        { ["--accept-changes"], "error: --accept-changes is for a run that is continued" },
        { ["--device", "cuda"], "error: --device cuda: " },
        { ["--seed", "x"], "error: --seed x: " },
        { ["--resume", "20000101"], "error: --resume 20000101: no such run" },
        { ["--runs", "mine.txt"], "error: " },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void AMistakeIsOneLineAndExitCode2(string[] arguments, string beginning)
    {
        WriteText("mine.txt");
        File.WriteAllBytes(Path.Combine(_place.Folder, "latin1.txt"), [.. "une phrase tr"u8, 0xE8, .. "s courte.\n"u8]);
        _place.Write("short.txt", "One sentence.\n");
        string[] text = arguments.Any(argument => argument.StartsWith("data=", StringComparison.Ordinal)) ? [] : ["-p", "data=mine.txt"];

        var outcome = _place.TextVae(["run", BetaSweep, "--smoke", .. text, .. arguments]);

        Assert.Equal(ExitCode.UserError, outcome.ExitCode);
        Assert.StartsWith(beginning, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(1, outcome.Error.Count(character => character == '\n'));
    }

    [Fact]
    public void ARecipeSaysWhatItIsBeforeItReadsItsData()
    {
        var outcome = _place.TextVae("run", BetaSweep, "--smoke", "-p", "data=nowhere.txt");

        Assert.Equal("What β does to a text VAE\n  recipe  vae-beta-sweep, smoke size, seed 1, cpu\n", outcome.Output);
    }

    private static string[] Command(params string[] arguments) => [Path.Combine(AppContext.BaseDirectory, "textvae.dll"), .. arguments];

    private void WriteText(string name)
    {
        string[] who = ["the cat", "a dog", "my aunt", "nobody here"], does = ["sees", "likes", "follows"],
        what = ["the garden", "a red house", "two birds", "him", "music"];
        File.WriteAllLines(
            Path.Combine(_place.Folder, name),
            Enumerable.Range(0, 400)
                .Select(i => $"{who[i % 4]} {does[i / 4 % 3]} {what[i * 3 / 7 % 5]} and {what[i * 5 / 3 % 5]} {i % 17} ."));
    }

    private IReadOnlyList<string> Finals(string runs) => FinalsOf(Path.Combine(_place.Folder, runs));

    /// <summary>What the members measured in the end, without what depends on the clock.</summary>
    internal static IReadOnlyList<string> FinalsOf(string runs)
    {
        var run = Assert.Single(Directory.GetDirectories(Path.Combine(runs, "vae-beta-sweep")));
        return
        [
            .. Directory.GetDirectories(Path.Combine(run, "members")).Order(StringComparer.Ordinal).Select(member =>
            {
                var final = Final(member);
                final.Remove("time");
                final.Remove("seconds");
                return Path.GetFileName(member) + " " + final.ToJsonString();
            }),
        ];
    }

    private static JsonObject Final(string member) =>
        File.ReadLines(Path.Combine(member, "metrics.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())
            .Last(record => (string)record["kind"]! == "final");
}
