using System.Diagnostics;
using System.Text.Json.Nodes;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Tests;

/// <summary>Runs that are ended, changed, damaged and continued, through the real command line.</summary>
public sealed class ContinuedRunTests : IDisposable
{
    private const string Whole = "whole", Parts = "parts";

    // Two members; the second is slow enough to be ended in its middle.
    private static readonly string Sweep = $$"""
        #load "{{Path.Combine(Workplace.Checkout, "recipes", "prelude.csx")}}"
        return Recipe.Run(Args, "small", "Small", recipe =>
        {
            var epochs = recipe.Parameter("epochs", 3);
            var data = recipe.Data("mine.txt", new TextOptions { MaxTokens = 12 });
            return recipe.Sweep("β", [0.5, 1], β => new Trial
            {
                Data = data,
                Model = new LstmVaeConfig { EmbeddingSize = 8, HiddenSize = 12, LatentSize = 2 },
                Objective = new ElboObjective { KlWeight = KlSchedule.Constant(β) },
                Training = new TrainingOptions
                {
                    Epochs = β < 1 ? 2 : epochs,
                    BatchSize = 16,
                    CheckpointEvery = 5,
                    EarlyStoppingPatience = 99999,
                },
                Measures = new EvaluationOptions { IwSamples = 4, IwDoublings = 0, IwSentences = 10, BleuSentences = 5, Samples = 2 },
            });
        });

        """;

    private readonly Workplace _place = new();

    public ContinuedRunTests()
    {
        _place.Write("small.csx", Sweep);
        _place.Write("mine.txt", string.Concat(
            Enumerable.Range(0, 300).Select(i => $"number {i % 17} sees {i % 13} and {i * 7 % 19} at {i % 5} .\n")));
    }

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("../../whole/small/20")]
    [InlineData("/etc")]
    [InlineData("2\n0")]
    public void AnIdNamesARunOfThisRecipeOnly(string id)
    {
        Directory.CreateDirectory(Path.Combine(_place.Folder, "runs", "small", "20260101-000000-0001"));

        Refused(_place.TextVae("run", "small.csx", "--resume", id), "an id is like 20261101-101500-00aa");
    }

    [Fact]
    public void WhatARunIsContinuedWithMustBeWhatItWasBegunWith()
    {
        var run = Ended(Parts, afterMember: 1);
        var (config, environment) = (Read(run, "config.json"), Read(run, "environment.json"));
        string[] resume = ["run", "small.csx", "--resume", Path.GetFileName(run), "--runs", Parts];

        Refused(_place.TextVae([.. resume, "--seed", "9"]), "--seed 9: the run to continue was begun with --seed 1");
        Refused(_place.TextVae([.. resume, "--full"]), "--full: the run to continue was begun with the standard size");
        Refused(_place.TextVae([.. resume, "-p", "epochs=7"]), "-p epochs=7: the run to continue was begun with 400");

        var text = Read(_place.Folder, "mine.txt");
        _place.Write("mine.txt", text + "one more line .\n");
        Refused(_place.TextVae(resume), "the content of the data mine has changed");
        _place.Write("mine.txt", text);

        // Another member, and another size of the batch.
        _place.Write("small.csx", Sweep.Replace("BatchSize = 16", "BatchSize = 12", StringComparison.Ordinal));
        Refused(_place.TextVae(resume), "β=0.5: training.batchSize was 16, is 12; β=1: training.batchSize was 16, is 12. Undo that");
        Assert.Equal((config, environment), (Read(run, "config.json"), Read(run, "environment.json")));

        var first = Directory.GetFiles(Path.Combine(run, "members", "β=0.5"), "*", SearchOption.AllDirectories)
            .ToDictionary(path => path, File.ReadAllBytes);
        var accepted = Stop([.. resume, "--accept-changes"], afterMember: 1, "-KILL");
        Assert.Contains("continued although β=0.5: training.batchSize was 16, is 12", accepted, StringComparison.Ordinal);
        Assert.All(first, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
        Assert.Contains("\"batchSize\": 12", Read(run, "members/β=1/config.json"), StringComparison.Ordinal);
        Assert.Contains("\"batchSize\": 16", Read(run, "replaced/β=1 1/config.json"), StringComparison.Ordinal);
        Assert.Equal([16, 12], JsonNode.Parse(Read(run, "config.json"))!["members"]!.AsArray()
            .Select(member => (int)member!["config"]!["training"]!["batchSize"]!));
        Assert.Equal(environment, Read(run, "environment.json"));
        Assert.Contains("although β=0.5: training.batchSize was 16, is 12", _place.TextVae("runs", "show", "--runs", Parts).Output,
            StringComparison.Ordinal);
    }

    /// <summary>A terminal that closes, a batch system's warning, a polite kill: a checkpoint, and how to go on.</summary>
    [Theory]
    [InlineData("-HUP")]
    [InlineData("-USR1")]
    [InlineData("-TERM")]
    public void ASignalSavesAndSaysHowToGoOn(string signal)
    {
        var output = Stop(["run", "small.csx", "--runs", Parts, "-p", "epochs=400"], afterMember: 1, signal);

        var run = Only(Parts);
        Assert.Contains($"Continue with --resume {Path.GetFileName(run)}", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(run, "members", "β=1", "checkpoints", "last.json")));
    }

    [Fact]
    public void OneProcessHoldsARun()
    {
        using var holder = _place.StartTextVae("run", "small.csx", "--runs", Parts, "-p", "epochs=100000");
        while (holder.StandardOutput.ReadLine() is { } line && !line.Contains("epoch 2:", StringComparison.Ordinal))
        {
        }

        var second = _place.TextVae("run", "small.csx", "--runs", Parts, "--resume", Path.GetFileName(Only(Parts)));
        holder.Kill();
        holder.WaitForExit();

        Refused(second, $"process {holder.Id} on {Environment.MachineName} holds this run");
        // The lock went with the process.
        Refused(
            _place.TextVae("run", "small.csx", "--runs", Parts, "--resume", Path.GetFileName(Only(Parts)), "--seed", "9"), "--seed 9");
    }

    [Fact]
    public void SamplesThatAreGoneAreWrittenAgain()
    {
        var whole = _place.TextVae("run", "small.csx", "--runs", Whole);
        Assert.True(whole.ExitCode == 0, whole.Error);
        var run = Only(Whole);
        var samples = Path.Combine(run, "members", "β=0.5", "samples.jsonl");
        var before = File.ReadAllText(samples);
        File.Delete(samples);

        var again = _place.TextVae("run", "small.csx", "--runs", Whole, "--resume", Path.GetFileName(run));

        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Contains("samples.jsonl is missing; it is written again", again.Output, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(samples));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"preset":"huge","seed":1,"device":"cpu","parameters":{}}""")]
    [InlineData("""{"preset":"smoke","seed":"one","device":"cpu","parameters":{}}""")]
    [InlineData("""{"preset":"smoke","seed":1,"device":"cpu","parameters":[1]}""")]
    [InlineData("""{"preset":"smoke","seed":1,"seed":2,"device":"cpu","parameters":{}}""")]
    [InlineData("""{"preset":"smoke","seed":1,"device":"\ud800","parameters":{}}""")]
    public void ADamagedDescriptionIsNamed(string config)
    {
        _place.Write("runs/small/20260101-000000-0001/config.json", config);

        Refused(_place.TextVae("run", "small.csx", "--resume", "2026"), "config.json");
        Refused(_place.TextVae("runs", "show"), "config.json");
    }

    private static void Refused(Outcome outcome, string reason)
    {
        Assert.Contains(reason, outcome.Error, StringComparison.Ordinal);
        Assert.StartsWith("error: ", outcome.Error, StringComparison.Ordinal);
        Assert.Equal((ExitCode.UserError, 1), (outcome.ExitCode, outcome.Error.Count(character => character == '\n')));
    }

    private static string Read(string folder, string file) => File.ReadAllText(Path.Combine(folder, file));

    private string Only(string runs) => Assert.Single(Directory.GetDirectories(Path.Combine(_place.Folder, runs, "small")));

    private string Ended(string runs, int afterMember)
    {
        Stop(["run", "small.csx", "--runs", runs, "-p", "epochs=400"], afterMember, "-KILL");
        return Only(runs);
    }

    /// <summary>Ends a run by a signal in the third epoch of the member after so many.</summary>
    private string Stop(string[] arguments, int afterMember, string signal)
    {
        // A suite that was itself started to outlive its terminal hands on that SIGHUP is ignored.
        using var process = _place.Start(
            "env", ["--default-signal=HUP", "dotnet", Path.Combine(AppContext.BaseDirectory, "textvae.dll"), .. arguments]);
        var (output, members) = (new System.Text.StringBuilder(), 0);
        while (process.StandardOutput.ReadLine() is { } line)
        {
            output.AppendLine(line);
            members += line.StartsWith('[') ? 1 : 0;
            if (members > afterMember && line.Contains("epoch 3:", StringComparison.Ordinal))
                break;
        }

        using (var kill = Process.Start("kill", [signal, $"{process.Id}"]))
            kill.WaitForExit();
        output.Append(process.StandardOutput.ReadToEnd());
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == (signal == "-KILL" ? 137 : ExitCode.Interrupted), $"{process.ExitCode}\n{output}\n{errors}");
        return output.ToString();
    }
}
