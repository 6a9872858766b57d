using Research.TextVae.Support;

namespace Research.TextVae.Cli.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("error: unknown command 'rum' for 'textvae'. Did you mean 'run'? See 'textvae --help'.", "rum", "a.csx")]
    [InlineData("error: unknown option '--vresion' for 'textvae'. Did you mean '--version'? See 'textvae --help'.", "--vresion")]
    [InlineData("error: unknown option '--rnus' for 'textvae runs list'. See 'textvae runs list --help'.", "runs", "list", "--rnus")]
    [InlineData("error: no recipe was named. Write for example: textvae run recipes/vae-beta-sweep.csx", "run", "--smoke")]
    [InlineData("error: there are no runs in 'runs'. Begin one with textvae run, or name another folder with --runs.", "runs", "list")]
    public void MistakesAreOneLine(string expected, params string[] arguments) =>
        Assert.Equal(new Outcome(ExitCode.UserError, "", expected + "\n"), _place.TextVae(arguments));

    [Fact]
    public void AMissingScriptIsNamedWithTheFolderItWasSoughtIn() =>
        Assert.Equal(new Outcome(2, "", $"error: there is no script 'none.csx' in {_place.Folder}.\n"), _place.TextVae("run", "none.csx"));

    [Fact]
    public void HelpShowsCommandsAndExamples()
    {
        var outcome = _place.TextVae();

        Assert.Equal(outcome, _place.TextVae("--help"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.All(["run", "runs", "doctor", "test", "bench", "Examples:", "Exit codes:"], word =>
            Assert.Contains(word, outcome.Output, StringComparison.Ordinal));
        Assert.Contains("--resume <id>", _place.TextVae("run", "a.csx", "--smoke", "--help").Output, StringComparison.Ordinal);
    }
}
