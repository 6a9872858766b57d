using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Tests;

/// <summary>Members of a run that are done side by side in processes of their own.</summary>
public sealed class JobsTests : IDisposable
{
    private static readonly string Sweep = $$"""
        #load "{{Path.Combine(Workplace.Checkout, "recipes", "prelude.csx")}}"
        return Recipe.Run(Args, "small", "Small", recipe =>
        {
            var epochs = recipe.Parameter("epochs", 3);
            var data = recipe.Data("mine.txt", new TextOptions { MaxTokens = 12 });
            return recipe.Sweep("β", [0.25, 0.5, 0.75, 1], β => new Trial
            {
                Data = data,
                Model = new LstmVaeConfig { EmbeddingSize = 8, HiddenSize = 12, LatentSize = 2 },
                Objective = new ElboObjective { KlWeight = KlSchedule.Constant(β) },
                Training = new TrainingOptions { Epochs = epochs, BatchSize = 16, CheckpointEvery = 5, EarlyStoppingPatience = 99999 },
                Measures = new EvaluationOptions { IwSamples = 4, IwDoublings = 0, IwSentences = 10, BleuSentences = 5, Samples = 2 },
            });
        });

        """;

    // Whatever the machine has: the numbers of a thread are those of another only where each has as many.
    private static readonly (string, string?) OneThread = ("OMP_NUM_THREADS", "1");

    private readonly Workplace _place = new();

    public JobsTests()
    {
        _place.Write("small.csx", Sweep);
        _place.Write("mine.txt", string.Concat(
            Enumerable.Range(0, 300).Select(i => $"number {i % 17} sees {i % 13} and {i * 7 % 19} at {i % 5} .\n")));
    }

    public void Dispose() => _place.Dispose();

    [Fact]
    public void MembersDoneSideBySideHaveTheBytesOfThoseDoneInTurn()
    {
        var inTurn = Workplace.Finish(Start("turn"));
        var beside = Workplace.Finish(Start("beside", "--jobs", "2"));

        Assert.Equal((0, ""), (inTurn.ExitCode, inTurn.Error));
        Assert.Equal((0, ""), (beside.ExitCode, beside.Error));
        Assert.Contains("1 │ [", beside.Output, StringComparison.Ordinal);
        Assert.Contains("2 │ [", beside.Output, StringComparison.Ordinal);
        Assert.Contains("report: ", beside.Output, StringComparison.Ordinal);
        Assert.Equal(4, Bytes("beside").Count);
        Assert.Equal(Bytes("turn"), Bytes("beside"));
    }

    [Fact]
    public void AProcessThatDiesIsNamedAndTheRunGoesOn()
    {
        using var run = Start("parts", "--jobs", "2", "-p", "epochs=100000");
        var worker = WaitForMembers(run)[0];

        Process.GetProcessById(worker).Kill();
        foreach (var other in Children(run.Id))
            Signal("USR1", other);
        var outcome = Workplace.Finish(run);

        Assert.Equal(ExitCode.UserError, outcome.ExitCode);
        Assert.Matches("^error: process [12] of --jobs 2 ended with code 1(37|30); .* go on with --resume 20", outcome.Error);
    }

    [Theory]
    [InlineData("TERM", 130)]
    [InlineData("KILL", 137)]
    public void ItsProcessesEndWithIt(string signal, int code)
    {
        using var run = Start("parts", "--jobs", "2", "-p", "epochs=100000");
        var workers = WaitForMembers(run);

        Signal(signal, run.Id);
        Assert.Equal(code, Workplace.Finish(run).ExitCode);

        Assert.True(SpinWait.SpinUntil(() => workers.All(worker => !Directory.Exists($"/proc/{worker}")), TimeSpan.FromSeconds(30)));
        var folder = Path.Combine(Run("parts"), "members");
        Assert.Equal(2, Directory.GetDirectories(folder).Count(member => Directory.Exists(Path.Combine(member, "checkpoints"))));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("two")]
    [InlineData("1e9")]
    public void ANumberOfProcessesIsAsked(string text)
    {
        var outcome = _place.TextVae("run", "small.csx", "--jobs", text);

        Assert.Equal(ExitCode.UserError, outcome.ExitCode);
        Assert.Equal($"error: --jobs {text}: a number of members at a time from 1 to 1024.\n", outcome.Error);
    }

    private static void Signal(string signal, int process) =>
        Process.Start("kill", ["-" + signal, $"{process}"]).WaitForExit();

    private static List<int> Children(int parent) =>
    [
        .. Directory.GetDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0)
            .Where(process => ParentOf(process) == parent),
    ];

    private static int ParentOf(int process)
    {
        try
        {
            // process (name) state parent
            return int.Parse(File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private Process Start(string runs, params string[] arguments) =>
        _place.Start(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "textvae.dll"), "run", "small.csx", "--runs", runs, .. arguments], OneThread);

    // Both have begun to train; the processes that do it.
    private List<int> WaitForMembers(Process run)
    {
        Assert.True(SpinWait.SpinUntil(
            () => Directory.Exists(Path.Combine(_place.Folder, "parts"))
                && Directory.GetFiles(Path.Combine(_place.Folder, "parts"), "*.safetensors", SearchOption.AllDirectories)
                    .Select(file => Path.GetDirectoryName(file)).Distinct().Count() >= 2,
            TimeSpan.FromMinutes(2)));
        return Children(run.Id);
    }

    private string Run(string runs) => Assert.Single(Directory.GetDirectories(Path.Combine(_place.Folder, runs, "small")));

    private Dictionary<string, string> Bytes(string runs) => Directory.GetDirectories(Path.Combine(Run(runs), "members")).ToDictionary(
        member => Path.GetFileName(member),
        member => string.Concat(new[] { Path.Combine("checkpoints", "best.safetensors"), "samples.jsonl" }
            .Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(member, file)))))));
}
