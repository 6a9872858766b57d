using System.Diagnostics;
using System.Text.Json.Nodes;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Tests.Nightly;

/// <summary>Nights of small recipes, through the real command line.</summary>
public sealed class NightlyTests : IDisposable
{
    // The figure is 1.5 (seeds 1 and 2), more by what the file says.
    private const string Counting =
        """
        // Counts.
        var x = new Metric("x", "0.0");
        return Recipe.Run(Args, "counting", "Counting", recipe => recipe.Study()
            .Columns(x).Seeds(2)
            .Variant("first", member =>
            {
                System.IO.File.AppendAllText("ran.txt", "first\n");
                var more = System.IO.File.Exists("more.txt") ? System.IO.File.ReadAllText("more.txt") : "0";
                member.Record(x, member.Seed + double.Parse(more));
            })
            .Variant("second", member =>
            {
                System.IO.File.AppendAllText("ran.txt", "second\n");
                while (System.IO.File.Exists("wait.txt"))
                    System.Threading.Thread.Sleep(10);
                member.Record(x, 7);
            })
            .Headline("Counting", "000", study => $"{study["first"][x]} | {study["second"][x]}")
            .Expect("the first is at most 14", study => study.AtMost(x, "first", 14)));
        """;

    private readonly Workplace _place = new();

    public NightlyTests()
    {
        var prelude = $"#load \"{Path.Combine(Workplace.Checkout, "recipes", "prelude.csx")}\"\n";
        _place.Write("recipes/counting.csx", prelude + Counting);
        // It is run first.
        _place.Write("recipes/broken.csx", "// Breaks.\nthrow new InvalidOperationException(\"a defect\");\n");
    }

    public void Dispose() => _place.Dispose();

    [Fact]
    public void ClaimsCrashesAndFiguresAreNamedAndEveryNightIsKept()
    {
        _place.Write("docs/results.md", "| System | Document | Recipe | Measured |\n|---|---|---|---|\n| Counting | 0 | x | 1.5 \\| 7 |\n");

        // A crash fails the night and stops nothing.
        var first = _place.TextVae("nightly", "--night", "first");
        Assert.Equal(ExitCode.ExpectationFailed, first.ExitCode);
        Assert.Matches(@"^✗ broken  \d:\d\d  ended with exit code (2|70)\n✓ counting  \d:\d\d  1 of 1 claims held\n"
            + "✗ broken: did not come to its end", first.Output);
        Assert.Contains("a defect", File.ReadAllText(Night("first/broken.log")), StringComparison.Ordinal);
        Assert.Contains(">the same<", File.ReadAllText(Night("index.html")), StringComparison.Ordinal);

        _place.TextVae("recipes", "--reference", "recipes/reference.jsonl", "--runs", Night("first/counting"));
        Assert.Equal(
            """
            {"recipe":"counting","row":"first","seeds":2,"mean":{"x":1.5},"deviation":{"x":0.707107}}
            {"recipe":"counting","row":"second","seeds":2,"mean":{"x":7},"deviation":{"x":0}}

            """,
            File.ReadAllText(Path.Combine(_place.Folder, "recipes/reference.jsonl")));

        // 5 s √(1/2 + 1/2) = 3.54: 3.6 more is outside, and still no claim fails.
        _place.Write("more.txt", "3.6");
        var second = _place.TextVae("nightly", "--night", "second", "--only", "counting");
        Assert.Equal(ExitCode.ExpectationFailed, second.ExitCode);
        Assert.Contains("\n✗ counting: x of first  5.1, stored 1.5 ± 3.5\n1 of 1 claims held, 1 of 2 figures ", second.Output,
            StringComparison.Ordinal);

        // What is done is not run again, and is judged again.
        File.Delete(Path.Combine(_place.Folder, "more.txt"));
        Assert.Equal(second.ExitCode, _place.TextVae("nightly", "--night", "second", "--only", "counting").ExitCode);
        Assert.Equal(["first", "second"], Trend.Select(item => item["night"]!.ToString()).Distinct());
        Assert.Equal([1.5, 5.1], Trend.Where(item => item["name"]!.ToString() == "counting")
            .Select(item => (double)item["rows"]![0]!["figures"]!["x"]!));
        Assert.Contains("[1.5,5.1]", File.ReadAllText(Night("index.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void ANightThatWasStoppedGoesOnWithWhatIsMissing()
    {
        _place.Write("wait.txt", "");
        using var night = _place.StartTextVae("nightly", "--night", "n", "--only", "counting");
        var ran = Path.Combine(_place.Folder, "ran.txt");
        while (!night.HasExited && (!File.Exists(ran) || !File.ReadAllText(ran).Contains("second", StringComparison.Ordinal)))
            Thread.Sleep(20);
        using (var kill = Process.Start("kill", [$"{night.Id}"]))
            kill.WaitForExit();
        var second = _place.TextVae("nightly", "--night", "n");
        Assert.Equal(ExitCode.UserError, second.ExitCode);
        Assert.Matches("^error: runs/nightly cannot be held for a night [^\n]+\n$", second.Error);
        File.Delete(Path.Combine(_place.Folder, "wait.txt"));
        var stopped = Workplace.Finish(night);
        Assert.Equal(ExitCode.Interrupted, stopped.ExitCode);
        Assert.Empty(Trend);

        var ended = _place.TextVae("nightly", "--night", "n", "--only", "counting");

        Assert.True(ended.ExitCode == 0, ended.Output + ended.Error);
        Assert.Equal(2, File.ReadAllLines(ran).Count(line => line == "first"));
        Assert.Single(Trend);
        // Another commit or size is another night.
        Assert.Matches("^error: the night n was begun with standard size on commit .*--night\\.\n$",
            _place.TextVae("nightly", "--night", "n", "--only", "counting", "--smoke").Error);
    }

    private IReadOnlyList<JsonNode> Trend => File.Exists(Night("trend.jsonl"))
        ? [.. File.ReadAllLines(Night("trend.jsonl")).Select(line => JsonNode.Parse(line)!)]
        : [];

    private string Night(string name) => Path.Combine(_place.Folder, "runs", "nightly", name);
}
