using System.CommandLine;
using System.Text.RegularExpressions;
using Research.TextVae.Experiments;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("error: unknown command 'rum' for 'textvae'. Did you mean 'run'? See 'textvae --help'.", "rum", "a.csx")]
    [InlineData("error: unknown option '--vresion' for 'textvae'. Did you mean '--version'? See 'textvae --help'.", "--vresion")]
    [InlineData("error: unknown option '--rnus' for 'textvae runs list'. Did you mean '--runs'? See 'textvae runs list --help'.",
        "runs", "list", "--rnus")]
    [InlineData("error: unknown option '--pag' for 'textvae runs compare'. Did you mean '--page'? See 'textvae runs compare --help'.",
        "runs", "compare", "--pag", "a.html")]
    [InlineData("error: --temperature 0,8: expected a number with a point before its decimals. See 'textvae generate --help'.",
        "generate", "--temperature", "0,8")]
    [InlineData("error: say what to write: --csv file, --tensorboard folder or --mlflow folder.", "runs", "export", "--runs", "some")]
    [InlineData("error: no recipe was named. Write for example: textvae run recipes/vae-beta-sweep.csx", "run", "--smoke")]
    [InlineData("error: there are no runs in 'runs'. Begin one with textvae run, or name another folder with --runs.", "runs", "list")]
    public void MistakesAreOneLine(string expected, params string[] arguments) =>
        Assert.Equal(new Outcome(ExitCode.UserError, "", expected + "\n"), _place.TextVae(arguments));

    [Fact]
    public void EveryOptionIsSuggestedForItsMistypedForm()
    {
        var root = Cli.CommandLine.CreateRoot();
        var tried = 0;
        Try(root, []);
        Assert.True(tried > 30, $"only {tried} options");

        void Try(Command command, string[] path)
        {
            foreach (var option in command.Options.Select(option => option.Name).Where(name => name.Length > 5))
            {
                var typed = option + "x";
                tried++;
                var mistake = path is ["run"] ? Assert.Throws<UserException>(() => RunOptions.Parse(RunCommand.OfRecipe([typed]))).Message
                    : Mistake.Describe(root.Parse([.. path, typed]));
                Assert.Contains($"id you mean {option}?", mistake.Replace("'", "", StringComparison.Ordinal), StringComparison.Ordinal);
            }

            foreach (var below in command.Subcommands.Where(below => below.Name is not "test"))
                Try(below, [.. path, below.Name]);
        }
    }

    [Fact]
    public void OutputThatCannotBeWrittenIsOneLine()
    {
        _place.Write("mine.txt", string.Concat(Enumerable.Range(0, 60).Select(i => $"sentence {i} of {i * i} words .\n")));

        var outcome = Shell("\"$@\" >/dev/full", "data", "show", "mine.txt");

        Assert.Equal(new Outcome(ExitCode.UserError, "", "error: standard output cannot be written: No space left on device.\n"), outcome);
    }

    [Fact]
    public void WhereMemoryIsTooShortForLibTorchItsLoaderSaysSo()
    {
        _place.Write("a.csx", $"""
            #load "{Path.Combine(Workplace.Checkout, "recipes", "prelude.csx")}"
            WriteLine(torch.zeros(2).sum().item<float>());

            """);
        Assert.Equal("0\n", _place.TextVae("run", "a.csx").Output);

        var outcome = Shell("ulimit -v 2700000; exec \"$@\"", "run", "a.csx");

        Assert.Matches(
            @"^error: \S+libtorch_cpu\.so cannot be loaded: [^\n]*(Cannot allocate memory|failed to map)[^\n]*\n$", outcome.Error);
        Assert.Equal(ExitCode.UserError, outcome.ExitCode);
    }

    [Fact]
    public void WithoutAHomeTheCacheIsATemporaryFolderAndIsRemoved()
    {
        _place.Write("a.csx", "WriteLine(1);");
        using var process = _place.Start(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "textvae.dll"), "run", "a.csx"], ("HOME", "/nonexistent"),
            ("XDG_CACHE_HOME", ""));

        var outcome = Workplace.Finish(process);

        Assert.Equal("1\n", outcome.Output);
        var kept = Regex.Match(outcome.Error, @"^note: there is no home folder; what is fetched is kept in (\S+) ");
        Assert.True(kept.Success, outcome.Error);
        Assert.False(Directory.Exists(kept.Groups[1].Value));
        Assert.False(Directory.Exists(Path.Combine(_place.Folder, ".cache")));
    }

    private Outcome Shell(string script, params string[] arguments) => Workplace.Finish(_place.Start(
        "bash", ["-c", script, "bash", "dotnet", Path.Combine(AppContext.BaseDirectory, "textvae.dll"), .. arguments]));

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
