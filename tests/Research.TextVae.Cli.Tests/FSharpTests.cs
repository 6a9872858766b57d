namespace Research.TextVae.Cli.Tests;

/// <summary>The library from F#, with the SDK's own interpreter.</summary>
public sealed class FSharpTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void TheQuickStartTrainsSamplesAndDraws()
    {
        var outcome = Workplace.Finish(_place.Start(
            "dotnet", ["fsi", Path.Combine(Workplace.Checkout, "recipes", "vae-quickstart.fsx"), "--smoke"],
            ("XDG_CACHE_HOME", Environment.GetEnvironmentVariable("XDG_CACHE_HOME"))));

        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        var lines = outcome.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(2 + 5 + 1, lines.Length);
        Assert.All(lines[..2], line =>
            Assert.Matches(@"^β = \S+ +reconstruction \d+\.\d\d  KL \d+\.\d\d  MI -?\d+\.\d\d nats  active units \d+$", line));
        Assert.Contains("</html>", File.ReadAllText(Path.Combine(_place.Folder, lines[^1])), StringComparison.Ordinal);
    }
}
