using System.Diagnostics;
using System.Text.Json.Nodes;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Tests.Notebooks;

public sealed class NotebookCommandTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void RunStoresOutputsAndClearRestoresTheFileToTheByte()
    {
        var original = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Notebooks", "engine.ipynb"));
        var path = _place.Write("engine.ipynb", original);

        var run = _place.TextVae("notebook", "run", "engine.ipynb");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal("", run.Output);
        Assert.Contains("engine.ipynb [7/7]", run.Error, StringComparison.Ordinal);
        Assert.Contains("Σ 1/k² = 1.643935", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal(0, _place.TextVae("notebook", "clear", "engine.ipynb").ExitCode);
        Assert.Equal(original, File.ReadAllText(path));
    }

    /// <summary>What every notebook of the repository relies on: the library by one path relative to the notebook, and what it needs beside
    /// it.</summary>
    [Fact]
    public void ANotebookRefersToTheBuiltLibraryByARelativePath()
    {
        var artifacts =
            Directory.CreateSymbolicLink(Path.Combine(_place.Folder, "artifacts"), Path.Combine(Workplace.Checkout, "artifacts"));
        _place.Write("notebooks/n.ipynb", NotebookText.Of(
            "#r \"../artifacts/bin/Research.TextVae.Datasets/release/Research.TextVae.dll\"\nusing Research.TextVae.Models;\nusing static "
                + "TorchSharp.torch;",
            "[parameters]var size = \"standard\"; // \"smoke\", \"standard\" or \"full\"\nvar seed = 1UL;",
            """
            var copies = AppDomain.CurrentDomain.GetAssemblies().GroupBy(assembly => assembly.GetName().Name)
                .Where(group => group.Key is "Research.TextVae" or "TorchSharp").Select(group => group.Count());
            var (axes, sum) = (StandardNormal.Sample(5, 3, seed).shape.Length, zeros(2, 3).sum().item<float>());
            $"{size} {seed} {axes} {sum} {string.Join(' ', copies)}"
            """));

        var run = _place.TextVae("notebook", "run", "notebooks/n.ipynb", "-p", "size=smoke", "-p", "seed=7", "-o", "n.ipynb");
        artifacts.Delete();
        // Elsewhere this program's own library is taken.
        var elsewhere = _place.TextVae("notebook", "run", "notebooks/n.ipynb", "-o", "n2.ipynb");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal("smoke 7 2 0 1 1", Outputs("n.ipynb", 3)[0]!["data"]!["text/plain"]![0]!.ToString());
        Assert.True(elsewhere.ExitCode == 0, elsewhere.Error);
        Assert.Equal("standard 1 2 0 1 1", Outputs("n2.ipynb", 2)[0]!["data"]!["text/plain"]![0]!.ToString());
    }

    [Fact]
    public void ParametersAreInjectedAfterTheirCell()
    {
        _place.Write("p.ipynb",
            NotebookText.Of("[parameters]var epochs = 5;\ndouble rate = 0.1;\nvar data = \"austen\";\nvar deep = false;",
                "$\"{epochs} {rate} {data} {deep}\""));

        var run = _place.TextVae(
            "notebook", "run", "p.ipynb", "-p", "epochs=2", "-p", "rate=1", "-p", "data=my \"text\".txt", "-p", "deep=True", "-o", "out/");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal("2 1 my \"text\".txt True", Outputs("out/p.ipynb", 2)[0]!["data"]!["text/plain"]![0]!.ToString());
        Assert.Equal(["injected-parameters"], Cell("out/p.ipynb", 1)["metadata"]!["tags"]!.AsArray().Select(tag => tag!.ToString()));

        // Once more on the copy: the injected cell is replaced.
        Assert.Equal(0, _place.TextVae("notebook", "run", "out/p.ipynb", "-p", "epochs=3", "--prepare-only", "-o", "out/q.ipynb").ExitCode);
        Assert.Equal(
            "// Parameters\nepochs = 3;", string.Concat(Cell("out/q.ipynb", 1)["source"]!.AsArray().Select(line => line!.ToString())));
        Assert.Equal("$\"{epochs} {rate} {data} {deep}\"", Cell("out/q.ipynb", 2)["source"]!.ToString());
    }

    [Fact]
    public void TheTypeOfAParameterDecidesHowItsValueIsWritten()
    {
        _place.Write("p.ipynb", NotebookText.Of(
            "[parameters]var f = 0.5f; var d = 1.5m; var x = 0.5; long big = 1; byte small = 1; int? opt = null; string maybe = null; "
                + "var ch = 'c'; var neg = -3; var verb = @\"c:\\x\"; var interp = $\"v{neg}\"; var list = new[] { 1 };",
            "string.Join('|', new object[] { f, d, x, big, small, opt, maybe, ch, neg, verb, interp, list[1] })"));
        string[] values =
        [
            "f=0.25", "d=0.1", "x=1e-3", "big=3000000000", "small=255", "opt=4", "maybe=a \"b\" \\ 'c'", "ch='", "neg=5", "verb=d:\\\"y\"",
            "interp={no}", "list=new[] { 1, 2 }",
        ];

        var run = _place.TextVae(["notebook", "run", "p.ipynb", "-o", "o.ipynb", .. values.SelectMany(value => (string[])["-p", value])]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal("0.25|0.1|0.001|3000000000|255|4|a \"b\" \\ 'c'|'|5|d:\\\"y\"|{no}|2",
            Outputs("o.ipynb", 2)[0]!["data"]!["text/plain"]![0]!.ToString());
    }

    [Theory]
    [InlineData("epoch=2", "p.ipynb has no parameter 'epoch'. Those it has are: epochs, seed, fixed_")]
    [InlineData("epochs=many", "the parameter epochs takes a whole number from -2147483648 to 2147483647, not 'many'.")]
    [InlineData("seed=-1", "the parameter seed takes a whole number from 0 to 18446744073709551615, not '-1'.")]
    [InlineData("epochs=3000000000", "the parameter epochs takes a whole number from -2147483648 to 2147483647, not '3000000000'.")]
    [InlineData("fixed_=2", "the parameter fixed_ is declared as a constant; declare it as a variable: var fixed_ = …")]
    [InlineData("epochs", "a parameter is written name=value, not 'epochs'.")]
    public void WrongParametersAreOneLine(string parameter, string message)
    {
        _place.Write("p.ipynb", NotebookText.Of("[parameters]var epochs = 5;\nvar seed = 1UL;\nconst int fixed_ = 1;"));
        Assert.Equal(new Outcome(ExitCode.UserError, "", $"error: {message}\n"),
            _place.TextVae("notebook", "run", "p.ipynb", "-p", parameter, "-o", "o.ipynb"));
    }

    [Fact]
    public void TheCopyOfAFailedRunHoldsTheError()
    {
        var original = _place.Write("f.ipynb",
            NotebookText.Of("Console.WriteLine(\"before\");", "[raises-exception]throw new Exception(\"wanted\");",
                "[skip-execution]nothing();", "\nint.Parse(\"x\")", "1"));

        var run = _place.TextVae("notebook", "run", "f.ipynb", "-o", "o.ipynb");

        Assert.Equal(ExitCode.UserError, run.ExitCode);
        Assert.Contains(
            "\ncell 3(2,1): FormatException: The input string 'x' was not in a correct format.\n", run.Error, StringComparison.Ordinal);
        Assert.Equal("before\n", Outputs("o.ipynb", 0)[0]!["text"]![0]!.ToString());
        Assert.Equal("wanted", Outputs("o.ipynb", 1)[0]!["evalue"]!.ToString());
        Assert.Equal("FormatException", Outputs("o.ipynb", 3)[0]!["ename"]!.ToString());
        Assert.Equal("failed", Cell("o.ipynb", 3)["metadata"]!["papermill"]!["status"]!.ToString());
        Assert.Empty(Outputs("o.ipynb", 2));
        Assert.Empty(Outputs("o.ipynb", 4));
        Assert.DoesNotContain("before\\n", File.ReadAllText(original), StringComparison.Ordinal);
    }

    [Fact]
    public void ACellThatTakesTooLongIsStoppedInNativeCodeToo()
    {
        _place.Write("t.ipynb",
            NotebookText.Of(
                "using System.Runtime.InteropServices;\n[DllImport(\"libc\")] static extern int pipe(int[] e);\n[DllImport(\"libc\")] "
                    + "static extern nint read(int e, byte[] b, nint n);\nvar e = new int[2]; pipe(e);\nread(e[0], new byte[1], 1);"));

        var run = _place.TextVae("notebook", "run", "t.ipynb", "-o", "o.ipynb", "--execution-timeout", "2");

        Assert.Equal(ExitCode.UserError, run.ExitCode);
        Assert.Equal("the cell took longer than the 2 s that --execution-timeout allows", Outputs("o.ipynb", 0)
            .Last()!["evalue"]!.ToString());
    }

    [Fact]
    public async Task AStoppedRunKeepsWhatItHas()
    {
        _place.Write("s.ipynb", NotebookText.Of("1", "System.IO.File.WriteAllText(\"begun\", \"\"); while (true) { }"));
        var process = _place.Start("env",
            ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "textvae.dll"), "notebook", "run", "s.ipynb", "-o",
                "o.ipynb"]);
        for (var i = 0; i < 600 && !File.Exists(Path.Combine(_place.Folder, "begun")); i++)
            await Task.Delay(100);

        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
            await kill.WaitForExitAsync();

        Assert.Equal(ExitCode.Interrupted, Workplace.Finish(process).ExitCode);
        Assert.Equal("1", Outputs("o.ipynb", 0)[0]!["data"]!["text/plain"]![0]!.ToString());
        Assert.Equal("Interrupted", Outputs("o.ipynb", 1)[0]!["ename"]!.ToString());
    }

    [Fact]
    public void CheckFindsNumbersBeyondTheirTolerance()
    {
        var path = _place.Write("c.ipynb",
            NotebookText.Of("var x = 2.5;", "Console.WriteLine($\"loss {x} in epoch 3, took {Environment.TickCount64} ms\");", "x * 2"));
        Assert.Equal(0, _place.TextVae("notebook", "run", "c.ipynb").ExitCode);
        Edit(path, "\"metadata\": {},", "\"metadata\": {\"textvae\": {\"check\": {\"ignore\": \"took \\\\d+ ms\"}}},");

        Assert.Equal((ExitCode.Success, "c.ipynb: as stored\n"), Check());
        Edit(path, "var x = 2.5;", "var x = 2.501;");
        Assert.Equal(
            (ExitCode.ExpectationFailed, """
            c.ipynb cell 2 (rtol 1e-6, atol 1e-9):
              2.5 → 2.501 (off by 4e-4) in: loss 2.5 in epoch 3,
            c.ipynb cell 3 (rtol 1e-6, atol 1e-9):
              5 → 5.002 (off by 4e-4) in: 5
            c.ipynb: 2 cells differ from what is stored

            """), Check());
        Edit(path, "\"check\": {", "\"check\": {\"rtol\": 0.001, ");
        Assert.Equal(ExitCode.Success, Check().ExitCode);
        Edit(path, "{x} in epoch 3", "{x} in epoch 4");
        Assert.Equal(ExitCode.ExpectationFailed, Check().ExitCode);
        Edit(path, "\"rtol\"", "\"rtoll\"");
        Assert.Equal(ExitCode.UserError, Check().ExitCode);

        (int ExitCode, string Output) Check() =>
            _place.TextVae("notebook", "check", "c.ipynb") is var outcome ? (outcome.ExitCode, outcome.Output) : default;
    }

    [Fact]
    public void SeveralNotebooksRunInProcessesOfTheirOwn()
    {
        _place.Write("a/one.ipynb",
            NotebookText.Of("Environment.SetEnvironmentVariable(\"SEEN\", \"yes\"); System.IO.File.ReadAllText(\"here.txt\")"));
        _place.Write("a/here.txt", "beside the notebook");
        _place.Write("two.ipynb", NotebookText.Of("Environment.GetEnvironmentVariable(\"SEEN\") ?? \"fresh\""));

        var run = _place.TextVae("notebook", "run", "a/one.ipynb", "two.ipynb", "-o", "out/");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal("beside the notebook", Outputs("out/one.ipynb", 0)[0]!["data"]!["text/plain"]![0]!.ToString());
        Assert.Equal("fresh", Outputs("out/two.ipynb", 0)[0]!["data"]!["text/plain"]![0]!.ToString());
    }

    [Theory]
    [InlineData("{\"cells\": [\n{]}", "x.ipynb(2): not a notebook, its JSON is broken here: ")]
    [InlineData("[]", "x.ipynb: not a notebook, it does not say which nbformat it has.")]
    [InlineData("{\"nbformat\": 3, \"nbformat_minor\": 0, \"worksheets\": []}", "x.ipynb: nbformat 3; only nbformat 4 is read.")]
    [InlineData("{\"nbformat\": 4, \"nbformat_minor\": 5, \"metadata\": {}, \"cells\": [{\"cell_type\": \"code\"}]}",
        "x.ipynb: cell 1 is not a notebook cell, it has no source.")]
    [InlineData(null, "there is no notebook 'x.ipynb' in ")]
    public void WhatIsNoNotebookIsSaidInOneLine(string? content, string message)
    {
        if (content is not null)
            _place.Write("x.ipynb", content);

        var run = _place.TextVae("notebook", "run", "x.ipynb");

        Assert.Equal(ExitCode.UserError, run.ExitCode);
        Assert.StartsWith("error: " + message, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    private static void Edit(string path, string from, string to)
    {
        var text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
    }

    private JsonObject Cell(string notebook, int index) =>
        (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(_place.Folder, notebook)))!["cells"]![index]!;

    private JsonArray Outputs(string notebook, int index) => (JsonArray)Cell(notebook, index)["outputs"]!;
}
