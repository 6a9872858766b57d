namespace Research.TextVae.Cli.Tests.Runs;

public sealed class RunsCommandTests : IDisposable
{
    private readonly Workplace _place = new();

    public RunsCommandTests()
    {
        Member("20261101-101500-00aa", "beta=0", 0, """{"kind":"final","step":9,"kl":30.126,"iwNll":99.5,"perplexity":"NaN"}""");
        Member("20261101-101500-00aa", "beta=1", 1, """{"kind":"final","step":9,"kl":0.01,"iwNll":98.25}""");
        _place.Write("runs/sweep/20261101-101500-00aa/config.json",
            """{"title":"A sweep","seed":5,"preset":"full","members":[{"name":"beta=1"},{"name":"beta=0"}]}""");
        _place.Write("runs/sweep/20261101-101500-00aa/expectations.json",
            """
            [
              {"text":"KL falls","passed":true,"detail":"30.1 > 0.0"},
              {"text":"AU","passed":false,"detail":"0"},
              {"text":"NLL","passed":null,"detail":"too small"}
            ]
            """);
        // One that was killed while it wrote, and one that only began.
        Member("20261102-000000-00bb", "beta=0", 0, """{"kind":"validation","step":4,"kl":2.5}""", "{\"kind\":\"final\",\"st");
        Directory.CreateDirectory(Path.Combine(_place.Folder, "runs/other/20261103-000000-00cc"));
        _place.Write("runs/other/20261103-000000-00cc/config.json", "{\"title\":");
    }

    public void Dispose() => _place.Dispose();

    [Fact]
    public void ListShowsTheNewestFirst()
    {
        var rows = Lines(_place.TextVae("runs", "list"));

        // What is damaged is named, and hides no other.
        Assert.Equal(["other", "20261103-000000-00cc", "2026-11-03", "00:00", "–", "–", "–", "config.json", "is", "damaged:"],
            Cells(rows[1])[..10]);
        Assert.Equal(["sweep", "20261102-000000-00bb", "2026-11-02", "00:00", "–", "–", "0/1", "unfinished"], Cells(rows[2]));
        Assert.Equal(
            ["sweep", "20261101-101500-00aa", "2026-11-01", "10:15", "full", "5", "2/2", "1", "failed,", "1", "held,", "1", "not",
                "checked"], Cells(rows[3]));
    }

    [Fact]
    public void ShowGivesMetricsAndExpectations()
    {
        var text = _place.TextVae("runs", "show", "20261101").Output;

        Assert.Contains("✓ KL falls: 30.1 > 0.0\n✗ AU: 0\n? NLL: too small\n", text, StringComparison.Ordinal);
        Assert.Equal(["beta=1", "finished", "98.25", "–", "–", "–", "–", "0.01", "–", "–", "–", "–"],
            Cells(text.Split('\n').Single(l => l.StartsWith("beta=1", StringComparison.Ordinal))));
        Assert.Contains("--resume 20261102-000000-00bb", _place.TextVae("runs", "show", "20261102").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void CompareShowsMembersInTheirOrderAndWhatDiffers()
    {
        var rows = Lines(_place.TextVae("runs", "compare", "20261101", "20261102"));

        Assert.StartsWith("20261101-101500-00aa beta=1", rows[1], StringComparison.Ordinal);
        Assert.Equal(
            ["20261101-101500-00aa", "beta=0", "finished", "99.50", "–", "–", "–", "–", "30.13", "–", "–", "NaN", "–"], Cells(rows[2]));
        Assert.Equal(["20261102-000000-00bb", "beta=0", "step", "4", "–", "–", "–", "–", "–", "2.50", "–", "–", "–", "–"], Cells(rows[3]));
        Assert.Equal(["objective.schedule.weight", "1", "0", "0"], Cells(rows[^1]));
        Assert.DoesNotContain(rows, row => row.Contains("model.hidden", StringComparison.Ordinal));
    }

    [Fact]
    public void AnAmbiguousOrUnknownIdIsRefused()
    {
        Assert.Contains("3 runs in 'runs' have an id that begins with '2026110'", Refused("2026110"), StringComparison.Ordinal);
        Assert.Contains("no run in 'runs' has an id that begins with 'x'", Refused("x"), StringComparison.Ordinal);
        string Refused(string id) => _place.TextVae("runs", "show", id) is { ExitCode: 2 } outcome ? outcome.Error : "";
    }

    [Theory]
    [InlineData("members/beta=0/metrics.jsonl", """{"kind":"final","kind":"final","step":1}""")]
    [InlineData("members/beta=0/metrics.jsonl", """{"kind":"final","split":"\ud800"}""")]
    [InlineData("members/beta=0/metrics.jsonl", "null")]
    [InlineData("members/beta=0/metrics.jsonl", """{"step":1}""")]
    [InlineData("members/beta=0/metrics.jsonl", "{]")]
    [InlineData("members/beta=0/result.json", "[]")]
    [InlineData("members/beta=0/config.json", "7")]
    [InlineData("expectations.json", "{}")]
    [InlineData("environment.json", "\"x\"")]
    public void DamageIsNamedInALine(string file, string content)
    {
        _place.Write($"runs/sweep/20261101-101500-00aa/{file}", content + "\n");

        var shown = _place.TextVae("runs", "show", "20261101");

        Assert.Equal(2, shown.ExitCode);
        Assert.Contains(file, shown.Error, StringComparison.Ordinal);
        Assert.Equal(1, shown.Error.Count(character => character == '\n'));
        Assert.Contains("20261102-000000-00bb", _place.TextVae("runs", "list").Output, StringComparison.Ordinal);
    }

    private void Member(string run, string name, int weight, params string[] records)
    {
        var folder = $"runs/sweep/{run}/members/{name}/";
        _place.Write(folder + "config.json",
            "{\"name\":\"" + name + "\",\"config\":{\"model\":{\"hidden\":32},\"objective\":{\"schedule\":{\"weight\":" + weight + "}}}}");
        _place.Write(folder + "metrics.jsonl", string.Join('\n', records));
    }

    private static string[] Lines(Outcome outcome) => outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string[] Cells(string row) => row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
