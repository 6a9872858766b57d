using System.Text.Json.Nodes;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Tests;

/// <summary>A study written as a script, through the real command line.</summary>
public sealed class StudyTests : IDisposable
{
    // The second member fails unless a file is there: as a run that is stopped, mended and continued.
    private static readonly string Script = $$"""
        // A study of nothing. It only counts.
        #load "{{Path.Combine(Workplace.Checkout, "recipes", "prelude.csx")}}"
        var x = new Metric("x", "0.0", Best.Lowest);
        return Recipe.Run(Args, "counting", "Counting", recipe => recipe.Study()
            .Columns(x)
            .Seeds(2)
            .Variant("first", member =>
            {
                System.IO.File.AppendAllText("done.txt", "first\n");
                member.Record(x, member.Seed);
                member.Record("curve", [1, 2], [member.Seed, 3]);
                member.Record("Texts", ["in", "out"], [["hello", "world"]]);
            })
            .Variant("second", member =>
            {
                if (!System.IO.File.Exists("mended"))
                    throw new UserException("second: needs a file; make it.");
                member.Record(x, 10 * member.Seed);
            })
            .Headline("Counting", "000", study => $"{study["first"][x]} against {study["second"][x]}")
            .Report(report => report.Section("Curve")
                .Figure("curve",
                    Figure.Of(report.Series("curve").Select(at => Line.Of(at.Series.X, at.Series.Y, at.Variant))), "As recorded.")
                .Section("Texts").Texts())
            .Expect("the first is less", study => study.Less(x, "first", "second"))
            .Expect("the second is at most 14", study => study.AtMost(x, "second", 14)));
        """;

    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void MembersAreKeptAndTheRestIsDoneAfterAFailure()
    {
        _place.Write("counting.csx", Script);
        var failed = _place.TextVae("run", "counting.csx");
        Assert.Equal(ExitCode.UserError, failed.ExitCode);
        Assert.Equal("error: second: needs a file; make it.\n", failed.Error);

        _place.Write("mended", "");
        var run = Assert.Single(Directory.GetDirectories(Path.Combine(_place.Folder, "runs", "counting")));
        var resumed = _place.TextVae("run", "counting.csx", "--resume", Path.GetFileName(run));

        // Seeds 1 and 2: means 1.5 and 15, so the second claim fails.
        Assert.Equal(ExitCode.ExpectationFailed, resumed.ExitCode);
        Assert.Matches(@"first +1\.5 ± 0\.7", resumed.Output);
        Assert.Contains("✓ the first is less  1.5 for first, 15 for second", resumed.Output, StringComparison.Ordinal);
        Assert.Contains("✗ the second is at most 14  15, wanted at most 14", resumed.Output, StringComparison.Ordinal);
        Assert.Equal(["first", "first"], File.ReadAllLines(Path.Combine(_place.Folder, "done.txt")));
        var report = File.ReadAllText(Path.Combine(run, "report.html"));
        Assert.Contains("hello", report, StringComparison.Ordinal);
        Assert.Equal(3.0,
            (double)JsonNode.Parse(
                File.ReadAllText(Path.Combine(run, "members", "first seed=1", "result.json")))!["series"]!["curve"]!["y"]![1]!);
        Assert.Matches(@"second seed=2\s+finished\s+20", _place.TextVae("runs", "show").Output);
    }

    [Fact]
    public void TheTableOfRecipesStandsBetweenItsMarks()
    {
        _place.Write("mended", "");
        _place.Write("recipes/counting.csx", Script);
        _place.Write("docs/page.md", "before\n<!-- textvae recipes: begin -->\nold\n<!-- textvae recipes: end -->\nafter\n");
        _place.TextVae("run", "recipes/counting.csx");

        var written = _place.TextVae("recipes", "--write", "docs/page.md");

        Assert.True(written.ExitCode == 0, written.Error);
        Assert.Equal(
            """
            before
            <!-- textvae recipes: begin -->
            | System | Document | Recipe | Measured |
            |---|---|---|---|
            | Counting | 000 | [counting](../recipes/counting.csx) | 1.5 against 15 |
            <!-- textvae recipes: end -->
            after

            """,
            File.ReadAllText(Path.Combine(_place.Folder, "docs", "page.md")));
        Assert.Contains("A study of nothing", _place.TextVae("recipes").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("recipe => recipe.Sweep(\"β\", [1.0], β => { recipe.Parameter(\"late\", 1); return null; })",
        "error: the recipe declares its parameter 'late' after its data or while it runs; declare it before them.\n")]
    [InlineData("recipe => recipe.Study()", "error: the study has no variant; describe at least one with Variant.\n")]
    [InlineData("recipe => recipe.Sweep(\"β\", [], β => null)", "error: the sweep over β has no value; give at least one.\n")]
    [InlineData("recipe => recipe.Study().Variant(\"..\", v => { })", "error: the variant '..' stands for another folder")]
    [InlineData("recipe => recipe.Study().Variant(\"../x\", v => { })", "error: the variant '../x' has a separator")]
    [InlineData("recipe => recipe.Study().Variant(\"a\", v => v.Record(new Metric(\"x\", \"0\"), 1)).Report(r => r.Figure(\"../../x\", "
        + "Figure.Of(Line.Of([1], [2])), \"\"))", "error: the figure '../../x' has a separator")]
    public void AMistakeOfARecipeIsOneLine(string describe, string error)
    {
        var outcome = Run("mistaken", describe);

        Assert.StartsWith(error, outcome.Error, StringComparison.Ordinal);
        Assert.Equal((ExitCode.UserError, 1), (outcome.ExitCode, outcome.Error.Count(character => character == '\n')));
    }

    [Fact]
    public void ARecipeCannotBeNamedAfterAnotherFolder()
    {
        Assert.StartsWith("error: the recipe '../../esc' has a separator", Run("../../esc", "recipe => recipe.Study()").Error,
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_place.Folder, "runs")));
    }

    private Outcome Run(string name, string describe)
    {
        _place.Write("mistaken.csx", $"""
            #load "{Path.Combine(Workplace.Checkout, "recipes", "prelude.csx")}"
            return Recipe.Run(Args, "{name}", "Mistaken", {describe});

            """);
        return _place.TextVae("run", "mistaken.csx");
    }
}
