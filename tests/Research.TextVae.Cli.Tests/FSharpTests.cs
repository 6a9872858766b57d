using System.Runtime.InteropServices;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Tests;

/// <summary>The library from F#, with the SDK's own interpreter.</summary>
public sealed class FSharpTests : IDisposable
{
    private static readonly string Recipes = Path.Combine(Workplace.Checkout, "recipes");

    // With the user's own cache, so that a data set is fetched once for all.
    private static readonly (string, string?) Cache = ("XDG_CACHE_HOME", Environment.GetEnvironmentVariable("XDG_CACHE_HOME"));

    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void TheQuickStartTrainsSamplesAndDraws()
    {
        var lines = Lines(Workplace.Finish(_place.Start("dotnet", ["fsi", Path.Combine(Recipes, "vae-quickstart.fsx"), "--smoke"], Cache)));

        Assert.Equal(2 + 5 + 1, lines.Length);
        Assert.All(lines[..2], line =>
            Assert.Matches(@"^β = \S+ +reconstruction \d+\.\d\d  KL \d+\.\d\d  MI -?\d+\.\d\d nats  active units \d+$", line));
        Assert.Contains("</html>", File.ReadAllText(Path.Combine(_place.Folder, lines[^1])), StringComparison.Ordinal);
    }

    [Fact]
    public void AFigureIsDrawnWithPlotlyNet()
    {
        var lines = Lines(Workplace.Finish(_place.Start("dotnet", ["fsi", Path.Combine(Recipes, "vae-plotly.fsx"), "--smoke"], Cache)));

        Assert.Equal(["constant", "linear", "cyclical"], lines[..3].Select(line => line.Split(' ')[0]));
        var page = File.ReadAllText(Path.Combine(_place.Folder, lines[^1]));
        Assert.All(["\"constant\"", "\"cyclical\"", "\"largest\"", "KL term by schedule of its weight"], text =>
            Assert.Contains(text, page, StringComparison.Ordinal));
    }

    /// <summary>The recipe of the same name in both languages, and in F# by the command line.</summary>
    [Fact]
    public void ARecipeInFSharpHasTheNumbersOfTheOneInCSharp()
    {
        string[] arguments = ["--smoke", "--seed", "5", "-p", "learning-rate=0.003", "--runs"];
        var runs = new[] { "csx", "fsx" }.Select(language => _place.Start("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "textvae.dll"), "run", Path.Combine(Recipes, $"vae-beta-sweep.{language}"),
                .. arguments, language], Cache)).ToArray();
        var outcomes = runs.Select(Workplace.Finish).ToArray();

        Assert.All(outcomes, outcome => Assert.True(outcome.ExitCode == ExitCode.Success, outcome.Output + outcome.Error));
        var (inCSharp, inFSharp) = (Finals("csx"), Finals("fsx"));
        Assert.Equal(5, inFSharp.Count);
        Assert.Equal(inCSharp, inFSharp);
        Assert.Equal(Judgement("csx"), Judgement("fsx"));
    }

    [Fact]
    public void TheScriptGetsTheArgumentsAndGivesTheExitCode()
    {
        _place.Write("seven.fsx", "printfn \"%A\" (Array.tail fsi.CommandLineArgs)\nexit 7\n");

        var outcome = _place.TextVae("run", "--smoke", "seven.fsx", "-p", "a=b c", "--help-me");

        Assert.Equal((7, "[|\"--smoke\"; \"-p\"; \"a=b c\"; \"--help-me\"|]\n"), (outcome.ExitCode, outcome.Output));
    }

    [Fact]
    public void WithoutTheSdkALineSaysSo()
    {
        // A runtime as it is installed without an SDK: its host looks for all else beside itself.
        var installed = new FileInfo(RuntimeEnvironment.GetRuntimeDirectory()).Directory!.Parent!.Parent!.Parent!.FullName;
        var runtime = Directory.CreateDirectory(Path.Combine(_place.Folder, "runtime")).FullName;
        File.Copy(Path.Combine(installed, "dotnet"), Path.Combine(runtime, "dotnet"));
        foreach (var part in (string[])["host", "shared"])
            Directory.CreateSymbolicLink(Path.Combine(runtime, part), Path.Combine(installed, part));

        var outcome = Workplace.Finish(_place.Start(
            Path.Combine(runtime, "dotnet"),
            [Path.Combine(AppContext.BaseDirectory, "textvae.dll"), "run", _place.Write("any.fsx", "exit 0\n")]));

        Assert.Equal(ExitCode.UserError, outcome.ExitCode);
        Assert.Equal($"error: {Path.Combine(_place.Folder, "any.fsx")}: F# scripts are run by the .NET SDK, and 'dotnet' here has none; "
            + "install the .NET SDK 10, or run a recipe in C#.\n", outcome.Error);
    }

    [Fact]
    public void TheLiveReportIsForCSharp()
    {
        var outcome = _place.TextVae("run", _place.Write("any.fsx", "exit 0\n"), "--live");

        Assert.Equal(ExitCode.UserError, outcome.ExitCode);
        Assert.StartsWith("error: --live shows C# recipes", outcome.Error, StringComparison.Ordinal);
    }

    private static string[] Lines(Outcome outcome)
    {
        Assert.True(outcome.ExitCode == ExitCode.Success, outcome.Output + outcome.Error);
        return outcome.Output.TrimEnd('\n').Split('\n');
    }

    private IReadOnlyList<string> Finals(string runs) => RecipeTests.FinalsOf(Path.Combine(_place.Folder, runs));

    // What the recipe expects, with the numbers it was judged by, and the headline of its report.
    private string[] Judgement(string runs) => [.. new[] { "expectations.json", "headlines.json" }.Select(name =>
        File.ReadAllText(Assert.Single(Directory.GetFiles(Path.Combine(_place.Folder, runs), name, SearchOption.AllDirectories))))];
}
