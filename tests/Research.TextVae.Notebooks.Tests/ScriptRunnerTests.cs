using Research.TextVae.Notebooks.Scripts;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Tests;

public sealed class ScriptRunnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("textvae-scripts-").FullName;
    private readonly StringWriter _error = new();

    private string CacheFolder => Path.Combine(_folder, "cache");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("return 7;", 7)]
    [InlineData("3 + 4", 7)]
    [InlineData("await Task.Delay(1); return Args.Count;", 2)]
    [InlineData("Environment.ExitCode = 0;", 0)]
    [InlineData("throw new OperationCanceledException();", ExitCode.Interrupted)]
    public void ExitCodeIsTheScriptsValue(string code, int expected) => Assert.Equal(expected, Run(Script("a.csx", code), "x", "--smoke"));

    [Fact]
    public void NamespacesOfDotnetScriptAreThereAndNoOthers()
    {
        Assert.Equal(0,
            Run(Script("a.csx",
                "var s = new StringBuilder(); List<int> l = [1]; Write(l.Sum() == 1 ? \"\" : \"?\"); Debug.Assert(Path.Exists(\"/\"));")));
        Assert.Equal(2, Run(Script("b.csx", "var c = CultureInfo.InvariantCulture; var r = new Research.TextVae.Notebooks.Nothing();")));
        Assert.Contains("b.csx(1,9): error CS0103", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void LoadAndReferenceAreRelativeToTheirFile()
    {
        Library("lib/Answer.dll", "public static class Answer { public static int Value => 42; }");
        Script("parts/prelude.csx", "#r \"../lib/Answer.dll\"\nint Twice(int n) => 2 * n;");

        Assert.Equal(84, Run(Script("a.csx", "#load \"parts/prelude.csx\"\nreturn Twice(Answer.Value);")));
    }

    [Fact]
    public void CompilationIsKeptUntilSomethingItWasMadeFromChanges()
    {
        Library("Lib.dll", "public static class Lib { public const int Value = 1; }");
        Script("part.csx", "#r \"Lib.dll\"\nconst int Part = 10;");
        var script = Script("a.csx", "#load \"part.csx\"\nreturn Lib.Value + Part + 100;");
        var cache = new ScriptCache(CacheFolder);

        Assert.Equal(111, Run(script));
        Assert.NotNull(cache.Read(script));

        Script("part.csx", "#r \"Lib.dll\"\nconst int Part = 20;");
        Assert.Null(cache.Read(script));
        Assert.Equal(121, Run(script));
        Assert.NotNull(cache.Read(script));

        Library("Lib.dll", "public static class Lib { public const int Value = 2; }");
        Assert.Null(cache.Read(script));
        Assert.Equal(122, Run(script));

        File.Delete(Path.Combine(_folder, "part.csx"));
        Assert.Equal(2, Run(script));
    }

    [Fact]
    public void AFolderWithoutAPreludeGetsTheHostsOwn()
    {
        var code = "#load \"prelude.csx\"\nusing Spectre.Console;\nreturn ExitCode.ExpectationFailed + new Text(\"ab\").Length;";
        var script = Script("a.csx", code);
        var cache = new ScriptCache(CacheFolder);

        Assert.Equal(3, Run(script));
        Assert.NotNull(cache.Read(script));
        Assert.False(File.Exists(Path.Combine(_folder, "prelude.csx")));

        Script("prelude.csx", "throw new OperationCanceledException();");
        Assert.Null(cache.Read(script));
        Script("a.csx", "#load \"prelude.csx\"\nreturn 0;");
        Assert.Equal(ExitCode.Interrupted, Run(script));
    }

    [Fact]
    public void OnlyThePreludeIsTheHosts()
    {
        Assert.Equal(2, Run(Script("a.csx", "#load \"other.csx\"")));
        Assert.Contains("a.csx(1,7): error CS1504", TakeErrors(), StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedOrUnwritableCacheCostsOnlyTime()
    {
        var script = Script("a.csx", "return 5;");
        var cache = new ScriptCache(CacheFolder);
        Assert.Equal(5, Run(script));
        var entry = cache.EntryOf(script);
        var whole = File.ReadAllBytes(entry);

        foreach (var damaged in (byte[][])[[], whole[..10], whole[..^100], [.. whole[..200], (byte)~whole[200], .. whole[201..]]])
        {
            File.WriteAllBytes(entry, damaged);
            Assert.Null(cache.Read(script));
            Assert.Equal(5, Run(script));
            Assert.NotNull(cache.Read(script));
        }

        Assert.Equal(5, new ScriptRunner(_error, Path.Combine(script, "not-a-folder")).Run(script, []));
    }

    [Fact]
    public void RunTimeErrorsNameTheInnermostLineOfTheScript()
    {
        Script("part.csx", "\nint Fail(int n)\n{\n    return n > 0 ? Fail(n - 1) : int.Parse(\"no number\");\n}");
        var script = Script("a.csx", "#load \"part.csx\"\nawait Task.Delay(1);\nvar f = (int n) => Fail(n);\nreturn f(3);");

        for (var start = 0; start < 2; start++)
        {
            Assert.Equal(ExitCode.UserError, Run(script));
            Assert.Equal(
                $"{Path.Combine(_folder, "part.csx")}(4,5): error: FormatException: The input string 'no number' was not in a correct "
                    + "format.\n", TakeErrors());
        }
    }

    [Fact]
    public void MistakesOfTheUserAreOneLine()
    {
        Script("prelude.csx", $"#r \"{typeof(UserException).Assembly.Location}\"");

        Assert.Equal(ExitCode.UserError,
            Run(Script("a.csx",
                "#load \"prelude.csx\"\n"
                    + "throw new Exception(\"outer\", new Research.TextVae.Support.UserException(\"no such file: x\"));")));
        Assert.Equal("error: no such file: x\n", TakeErrors());
    }

    [Fact]
    public void NuGetReferencesAreRefusedWithTheReason()
    {
        Assert.Equal(ExitCode.UserError, Run(Script("a.csx", "#r \"nuget: Newtonsoft.Json, 13.0.1\"\nreturn 0;")));
        Assert.Contains("a.csx(1,1): error CS0006: textvae does not restore NuGet packages.", TakeErrors(), StringComparison.Ordinal);
    }

    [Fact]
    public void AllCompileErrorsAreListedAndNoneIsCached()
    {
        var script = Script("a.csx", "var a = 1;\n    b = 2;\nint c = \"three\";");

        Assert.Equal(ExitCode.UserError, Run(script));
        Assert.Equal(
            $"{script}(2,5): error CS0103: The name 'b' does not exist in the current context\n"
            + $"{script}(3,9): error CS0029: Cannot implicitly convert type 'string' to 'int'\n",
            TakeErrors());
        Assert.False(File.Exists(new ScriptCache(CacheFolder).EntryOf(script)));
    }

    private int Run(string script, params string[] arguments) => new ScriptRunner(_error, CacheFolder).Run(script, arguments);

    private string TakeErrors()
    {
        var text = _error.ToString();
        _error.GetStringBuilder().Clear();
        return text;
    }

    private string Script(string name, string code)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, code);
        return path;
    }

    private void Library(string name, string code) => TestAssembly.Write(Path.Combine(_folder, name), code);
}
