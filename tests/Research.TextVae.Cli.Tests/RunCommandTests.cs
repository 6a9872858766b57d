using System.Diagnostics;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Tests;

public sealed class RunCommandTests : IDisposable
{
    private const string CompilerIsLoaded =
        "AppDomain.CurrentDomain.GetAssemblies().Any(a => a.GetName().Name.StartsWith(\"Microsoft.CodeAnalysis\"))";

    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void ASecondStartDoesNotLoadTheCompiler()
    {
        _place.Write("a.csx", $"WriteLine({CompilerIsLoaded}); return 3;");

        Assert.Equal(new Outcome(3, "True\n", ""), _place.TextVae("run", "a.csx"));
        Assert.Equal(new Outcome(3, "False\n", ""), _place.TextVae("run", "a.csx"));
    }

    [Fact]
    public void OptionsReachTheRecipeWhereverTheyStand()
    {
        _place.Write("a.csx", "WriteLine(string.Join('|', Args));");

        var outcome = _place.TextVae("run", "--seed", "7", "--smoke", "a.csx", "-p", "data=x.txt", "--", "more");

        Assert.Equal("--seed|7|--smoke|-p|data=x.txt|--|more\n", outcome.Output);
    }

    [Fact]
    public void ErrorsOfAScriptNameItAsTheUserSeesIt()
    {
        _place.Write("recipes/bad.csx", "\n    nothing();");
        _place.Write("recipes/fails.csx", "\n\nthrow new InvalidOperationException(\"went wrong\");");

        Assert.Equal(
            new Outcome(2, "", "recipes/bad.csx(2,5): error CS0103: The name 'nothing' does not exist in the current context\n"),
            _place.TextVae("run", "recipes/bad.csx"));
        Assert.Equal(
            new Outcome(2, "", "recipes/fails.csx(3,1): error: InvalidOperationException: went wrong\n"),
            _place.TextVae("run", "recipes/fails.csx"));
    }

    [Fact]
    public void ARecipeUsesTheLibraryThroughThePreludeAlone()
    {
        var prelude = Path.Combine(Workplace.Checkout, "recipes", "prelude.csx");
        _place.Write("a.csx", $"#load \"{prelude}\"\nthrow new UserException(\"the text is empty\");");

        Assert.Equal(new Outcome(ExitCode.UserError, "", "error: the text is empty\n"), _place.TextVae("run", "a.csx"));
    }

    [Fact]
    public void ConcurrentStartsShareTheCache()
    {
        _place.Write("a.csx", "WriteLine(42);");

        var starts = Enumerable.Range(0, 3).Select(_ => _place.StartTextVae("run", "a.csx")).ToList();

        Assert.All(starts, start => Assert.Equal(new Outcome(0, "42\n", ""), Workplace.Finish(start)));
        Assert.Single(Directory.GetFiles(_place.ScriptCache));
    }

    [Theory]
    [InlineData("WriteLine(\"ready\"); await Task.Delay(-1);")]
    [InlineData("""
        using System.Threading;
        var stop = new CancellationTokenSource();
        CancelKeyPress += (_, e) => { e.Cancel = true; stop.Cancel(); };
        WriteLine("ready");
        await Task.Delay(-1, stop.Token);
        """)]
    public void CtrlCEndsAScriptThatCooperatesOrNot(string code)
    {
        _place.Write("a.csx", code);
        // A job in the background of a shell ignores SIGINT, and so would all it starts.
        var process =
            _place.Start("env", ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "textvae.dll"), "run", "a.csx"]);

        Assert.Equal("ready", process.StandardOutput.ReadLine());
        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
            kill.WaitForExit();

        Assert.Equal(ExitCode.Interrupted, Workplace.Finish(process).ExitCode);
    }
}
