using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Research.TextVae.Models;
using Research.TextVae.Notebooks.Engine;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Tests.Engine;

public sealed class CellEngineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("textvae-cells-").FullName;
    private readonly RecordedOutput _output = new();
    private readonly CellEngine _engine;
    private int _cells;

    public CellEngineTests() => _engine = new CellEngine(_folder);

    public void Dispose()
    {
        _engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void CellsShareVariablesTypesFunctionsAndUsings()
    {
        Assert.Equal("", Run("using System.Globalization;"));
        Assert.Equal("", Run("var n = 20;\nint Twice(int i) => 2 * i;\nrecord Pair(int A, int B);"));
        Assert.Equal("[value text/plain: 42]", Run("n++;\nint.Parse(\"42\", CultureInfo.InvariantCulture)"));
        Assert.Equal("[value text/plain: Pair { A = 21, B = 42 }]", Run("new Pair(n, Twice(n))"));
        Assert.Equal("[display text/plain: n]", Run("#!who"));
        Assert.Equal("[value text/plain: now text]", Run("var n = \"now text\";\nn"));
    }

    [Theory]
    [InlineData("1 + 1", "[value text/plain: 2]")]
    [InlineData("var two = 1 + 1;", "")]
    [InlineData("(string)null", "[value text/plain: <null>]")]
    [InlineData("Console.Write(\"x\")", "x")]
    [InlineData("await Task.FromResult(5)", "[value text/plain: 5]")]
    [InlineData("\"a \\\"quoted\\\" text\"", "[value text/plain: a \"quoted\" text]")]
    [InlineData("new[] { 0.5, 1 }", "[value text/plain: double[2] { 0.5, 1 }]")]
    [InlineData("", "")]
    public void TheTrailingExpressionIsTheValue(string code, string expected) => Assert.Equal(expected, Run(code));

    /// <summary>It would end the process of a program, and with it all variables.</summary>
    [Fact]
    public void AnExceptionOnAThreadOfTheCellsOwnIsTheCells()
    {
        const string Throws = "var t = new System.Threading.Thread(() => int.Parse(\"x\")); t.Start(); t.Join();";

        Assert.Equal("FormatException", Fail(Throws).Name);
        Assert.Equal("[value text/plain: 2]", Run("1 + 1"));
        // Beside the cell's own error it is told.
        Assert.Equal("DivideByZeroException", Fail(Throws + " throw new DivideByZeroException();").Name);
        Assert.Equal(
            "[stderr: A thread of a cell ended with FormatException: The input string 'x' was not in a correct format.\n]", _output.Take());
        // A method without a task that fails after its cell has nobody else.
        Run("var go = new TaskCompletionSource(); async void Later() { await go.Task; int.Parse(\"x\"); }\nLater();");
        Execute("go.SetResult();");
        WaitFor("[stderr: A thread of a cell ended with FormatException: The input string 'x' was not in a correct format.\n]");
    }

    [Fact]
    public void What_the_library_shows_live_is_replaced_where_someone_watches_and_not_shown_where_no_one_does()
    {
        const string Code = "Research.TextVae.Support.HostDisplay.Show(\"<b>1</b>\")?.Invoke(\"<b>2</b>\");";
        var reference = $"#r \"{typeof(Research.TextVae.Support.HostDisplay).Assembly.Location}\"";
        var output = new RecordedOutput { IsWatched = true };
        Run(reference);
        _engine.Execute(Code, "cell 2", output);

        Assert.Equal(
            "[display text/html: <b>1</b>; text/plain: <b>1</b>][update 0 text/html: <b>2</b>; text/plain: <b>2</b>]", output.Take());
        Assert.Equal("", Run(Code));
    }

    [Fact]
    public void RowsAreTables()
    {
        Assert.Equal(
            "[value text/html: <table><thead><tr><th>Name</th><th>Loss</th></tr></thead><tbody><tr><td>a&lt;b</td><td "
                + "style=\"text-align:right\">0.5</td></tr>"
            + "<tr><td></td><td style=\"text-align:right\">12</td></tr></tbody></table>; text/plain: Name  Loss\na<b    0.5\n        12]",
            Run("new[] { new { Name = \"a<b\", Loss = 0.5 }, new { Name = (string)null, Loss = 12.0 } }"));
        Assert.Contains("<td style=\"text-align:right\">19</td>", Run("Enumerable.Range(0, 50).Select(i => (i, i.ToString()))"),
            StringComparison.Ordinal);
        Assert.EndsWith("(30 more)]", Run("Enumerable.Range(0, 50).Select(i => (i, i.ToString()))"), StringComparison.Ordinal);
    }

    [Fact]
    public void DisplayedValuesAreUpdatedInTheirPlace()
    {
        Assert.Equal("[display text/plain: 0]a\n[display text/markdown: **b**]",
            Run("var shown = display(0);\nConsole.WriteLine(\"a\");\nvar second = \"**b**\".DisplayAs(\"text/markdown\");"));
        Assert.Equal("[update 0 text/plain: 1][update 1 text/plain: c]", Run("shown.Update(1);\nsecond.Update(\"c\");"));
        Assert.Equal("[display text/html: <i>x</i>; text/plain: <i>x</i>]", Run("HTML(\"<i>x</i>\").Display();"));
    }

    [Fact]
    public void TypesDeclareTheirFormattersByConvention()
    {
        Run("""
            using System.IO;
            [AttributeUsage(AttributeTargets.Class)]
            class TypeFormatterSourceAttribute : Attribute
            {
                public TypeFormatterSourceAttribute(Type type) => FormatterSourceType = type;
                public Type FormatterSourceType { get; }
                public string[] PreferredMimeTypes { get; set; }
            }
            class Source { public IEnumerable<object> CreateTypeFormatters() { yield return new Html(); yield return new Json(); } }
            class Html
            {
                public string MimeType => "text/html";
                public bool Format(object v, TextWriter w) { w.Write("<b>" + ((Thing)v).Name + "</b>"); return true; }
            }
            class Json
            {
                public string MimeType => "application/vnd.plotly.v1+json";
                public bool Format(object v, TextWriter w) { w.Write("{\"data\": []}"); return true; }
            }
            [TypeFormatterSource(typeof(Source), PreferredMimeTypes = new[] { "application/vnd.plotly.v1+json", "text/html" })]
            class Thing { public string Name = "T"; public override string ToString() => "plain T"; }
            """);

        var value = Run("new Thing()").ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal);

        Assert.Equal("[valueapplication/vnd.plotly.v1+json:{\"data\":[]};text/html:<b>T</b>;text/plain:plainT]", value);
        Assert.Equal("[display text/html: <b>T</b>]", Run("display(new Thing(), \"text/html\");"));
    }

    [Fact]
    public void OutputOfTasksAndThreadsBelongsToTheirCell()
    {
        Assert.Equal("task\nthread\n",
            Run("await Task.Run(() => Console.WriteLine(\"task\"));\nvar t = new System.Threading.Thread(() => "
                + "Console.WriteLine(\"thread\"));\nt.Start();\nt.Join();"));
        Assert.Equal("out[stderr: error\n]", Run("Console.Write(\"out\");\nConsole.Error.WriteLine(\"error\");"));
    }

    [Fact]
    public void AllCellsRunOnOneThreadAlsoAfterAwait()
    {
        var first = Run("Environment.CurrentManagedThreadId");
        Assert.Equal(first, Run("await Task.Delay(1);\nawait Task.Yield();\nEnvironment.CurrentManagedThreadId"));
    }

    [Fact]
    public void ReferencesAndLoadsAreRelativeToTheNotebook()
    {
        TestAssembly.Write(Path.Combine(_folder, "lib/Answer.dll"), "public static class Answer { public static int Value => 42; }");
        File.WriteAllText(Path.Combine(_folder, "part.csx"), "#r \"lib/Answer.dll\"\nint Part() => Answer.Value;");

        Assert.Equal("[value text/plain: 43]", Run("#load \"part.csx\"\nPart() + 1"));
        Assert.Equal("[value text/plain: 42]", Run("Answer.Value"));
        Assert.Equal("cell 3(1,1): error CS0006: Metadata file 'nowhere.dll' could not be found", Fail("#r \"nowhere.dll\"").Message);
        Assert.StartsWith("cell 4(2,1): error CS0006: textvae does not restore NuGet packages.",
            Fail("\n#r \"nuget: Newtonsoft.Json, 13.0.1\"").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ErrorsNameTheCellAndNoFrameOfThisProgram()
    {
        Run("int Parse(string s)\n{\n    return int.Parse(s);\n}");

        var error = Fail("var before = 1;\nawait Task.Delay(1);\nParse(\"no number\");");

        Assert.Equal("FormatException", error.Name);
        Assert.Equal("cell 1(3,5): FormatException: The input string 'no number' was not in a correct format.", error.Trace[0]);
        Assert.Equal(["   at Parse in cell 1(3,5)", "   at cell 2(3,1)"],
            error.Trace.Where(line => line.Contains("cell", StringComparison.Ordinal)).Skip(1));
        Assert.DoesNotContain(error.Trace,
            line => line.Contains("Research.TextVae", StringComparison.Ordinal) || line.Contains("Submission", StringComparison.Ordinal));
        Assert.Equal("[value text/plain: 1]", Run("before"));

        Assert.Equal(
            ["cell 4(1,9): error CS0103: The name 'x' does not exist in the current context",
                "cell 4(3,9): error CS0029: Cannot implicitly convert type 'string' to 'int'"],
            Fail("var a = x;\n\nint b = \"three\";").Trace);
        Assert.Equal("cell 5(1,72): FormatException: The input string 'y' was not in a correct format.",
            Fail("foreach (var s in new[] { \"1\" }) do { int.Parse(\"1\"); } while (false); int.Parse(\"y\");").Trace[0]);
        Assert.Equal(
            ["cell 6(1,1): error: a cell cannot ask for input, because it must run without anyone there; put the value into the "
                + "parameters cell."], Fail("Console.ReadLine();").Trace);
    }

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("System.Threading.Thread.Sleep(-1);")]
    [InlineData("await Task.Delay(-1);")]
    [InlineData("while (true) { try { while (true) { } } catch (Exception) { } }")]
    [InlineData("await Task.Delay(-1, KernelInvocationContext.Current.CancellationToken);")]
    [InlineData("var k = 0L; while (true) { k++; Math.Sin(k).ToString(); }")]
    [InlineData("Forever();")]
    [InlineData("foreach (var n in new[] { 1 }.Select(n => { do { } while (n > 0); return n; })) { }")]
    [InlineData("Task.Run(() => { while (true) { } }).GetAwaiter().GetResult();")]
    [InlineData("TextGenerator.Generate(new RecurrentLmConfig { EmbeddingSize = 8, HiddenSize = 8 }.Build(50), 1_000_000, "
        + "GenerationOptions.Sample());")]
    public async Task AnInterruptStopsTheCellAndNothingElse(string code)
    {
        Run("using Research.TextVae.Generation;\nusing Research.TextVae.Models;\nvar kept = 7;\nvoid Forever() { for (; ; ) { } }");
        using var interrupt = new CancellationTokenSource();
        var execution = Task.Run(() => _engine.Execute("Console.Write(\"begun\");\n" + code, "cell 2", _output, interrupt.Token));
        WaitFor("begun");

        await interrupt.CancelAsync();

        Assert.Equal("Interrupted", (await execution).Error?.Name);
        Assert.Equal("", _output.Take());
        Assert.Equal("[value text/plain: 7]", Run("kept"));
    }

    [Fact]
    public void RecursionWithoutEndIsAnErrorOfTheCell()
    {
        var error = Fail("int Deeper(int n) => Deeper(n + 1) + 1;\nDeeper(0)");

        Assert.Equal("InsufficientExecutionStackException", error.Name);
        Assert.InRange(error.Trace.Count, 20, 42);
        Assert.Equal("[value text/plain: 3]", Run("1 + 2"));
    }

    [Fact]
    public async Task ANativeCallIsNotStoppedButSaidToGoOn()
    {
        using var engine = new CellEngine(_folder, TimeSpan.FromSeconds(0.1));
        using var interrupt = new CancellationTokenSource();
        var execution = Task.Run(() => engine.Execute(
            """
            using System.Runtime.InteropServices;
            [DllImport("libc")] static extern int pipe(int[] ends);
            [DllImport("libc")] static extern nint read(int end, byte[] buffer, nint count);
            var ends = new int[2];
            pipe(ends);
            AppDomain.CurrentDomain.SetData("pipe of a cell", ends[1]);
            Console.Write("begun");
            read(ends[0], new byte[1], 1);
            Console.Write("not reached");
            """,
            "cell 1", _output, interrupt.Token));
        WaitFor("begun");

        await interrupt.CancelAsync();

        WaitFor("[stderr: The cell is inside a call of a library and ends when that returns. Restart the kernel to stop it at once.\n]");
        Assert.False(execution.IsCompleted);
        using var end = new SafeFileHandle((int)AppDomain.CurrentDomain.GetData("pipe of a cell")!, ownsHandle: true);
        using (var pipe = new FileStream(end, FileAccess.Write, 0))
            pipe.WriteByte(1);
        Assert.Equal("Interrupted", (await execution).Error?.Name);
        Assert.Equal("", _output.Take());
        Assert.Equal("[value text/plain: 2]", Run("1 + 1"));
    }

    [Fact]
    public void MagicCommandsAreThoseOfDotnetInteractive()
    {
        File.WriteAllText(Path.Combine(_folder, "other.csx"), "var imported = 5;");
        Assert.Equal("[value text/plain: 6]", Run("#!import other.csx\n#!csharp\nimported + 1"));
        Assert.Equal("[display text/markdown: # Title][value text/plain: 5]", Run("#!markdown\n# Title\n#!csharp\nimported"));
        Assert.Equal("[display text/plain: imported]", Run("#!who"));
        Assert.StartsWith("[display text/plain: Wall time: ", Run("#!time\nimported++;"), StringComparison.Ordinal);
        Assert.StartsWith("cell 5(2,1): error: there is no command #!fsharp here.", Fail("var a = 1;\n#!fsharp\nlet b = 2")
            .Message, StringComparison.Ordinal);
        Assert.StartsWith("cell 6(3,5): error CS0103", Fail("#!time\n#!csharp\n    nothing();").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#r \"nuget: Research.TextVae\"")]
    [InlineData("#r \"nuget:research.textvae, 0.*\"")]
    [InlineData("#r \"nowhere/Research.TextVae.dll\"")]
    [InlineData("#load \"prelude.csx\"")]
    public void TheLibraryIsTheHostsOwn(string reference) =>
        Assert.Contains("2", Run($"{reference}\nResearch.TextVae.Support.ExitCode.UserError"), StringComparison.Ordinal);

    [Fact]
    public void AnotherVersionOfTheLibraryIsRefused() => Assert.Matches(
        @"error CS0006: textvae has version \d+\.\d+\.\d+ of Research.TextVae and no other\.",
        Fail("#r \"nuget: Research.TextVae, 0.0.0\"").Message);

    [Fact]
    public void CompletionKnowsTheCellsBefore()
    {
        Run("record Model(int Hidden, double Dropout) { public static Model Small => new(8, 0); }\nvar model = new Model(1, 0.1);");

        Assert.Equal(["model", "Model"], Complete("mode|"));
        Assert.Equal(["Dropout"], Complete("var d = model.Dro|;"));
        Assert.Equal(["Hidden"], Complete("model?.Hid|"));
        Assert.Equal(["Small"], Complete("Model.S|"));
        Assert.Contains("Select", Complete("new[] { 1 }.Sel|"));
        Assert.Equal(["StringBuilder"], Complete("System.Text.StringB|"));
        Assert.Contains("Hidden", Complete("int F(Model given) => given.|"));
        Assert.Equal(["given"], Complete("int F(Model given) => giv|"));
        Assert.Equal(["#!time"], Complete("#!ti|"));
        Assert.Contains("foreach", Complete("forea|"));
    }

    [Fact]
    public void CompletionInAnInitializerNamesWhatCanBeSet()
    {
        Run("""
            using System.Collections.Generic;
            class Part { public int Depth { get; init; } }
            class Model
            {
                public int Hidden { get; init; }
                public double Dropout;
                public Part Encoder { get; init; } = new();
                public List<int> Sizes { get; } = [];
                public int Parameters => 0;
                public int Steps { get; private set; }
                public static int Built { get; set; }
            }
            record Options(int Epochs, double Rate);
            var options = new Options(1, 0.1);
            """);

        Assert.Equal(["Hidden"], Complete("var m = new Model { Hid|"));
        Assert.Equal(["Dropout", "Encoder", "Hidden", "Sizes"], Complete("new Model\n{\n    |"));
        Assert.Equal(["Dropout", "Encoder", "Sizes"], Complete("Model m = new() { Hidden = 3, | };"));
        Assert.Equal(["Depth"], Complete("new Model { Encoder = new Part { D|"));
        Assert.Equal(["Depth"], Complete("new Model { Encoder = { | } }"));
        Assert.Equal(["Rate"], Complete("var longer = options with { Epochs = 3, R|"));
        // Elements and values are expressions.
        Assert.Contains("options", Complete("new List<Options> { opt|"));
        Assert.Contains("options", Complete("new Model { Hidden = opt|"));
        Assert.Contains("options", Complete("new[] { opt|"));
    }

    [Fact]
    public void CompletionKnowsTheConfigurationsOfTheLibrary()
    {
        Run("using Research.TextVae.Models;");

        Assert.Equal(["HiddenSize"], Complete("new LstmVaeConfig { Hid|"));
        Assert.Equal(
            typeof(LstmVaeConfig).GetProperties().Where(property => property.CanWrite).Select(property => property.Name).Order(),
            Complete("new LstmVaeConfig { |").Order());
    }

    [Fact]
    public void InspectionShowsDeclarationSummaryAndValue()
    {
        Run($"#r \"{typeof(UserException).Assembly.Location}\"\nvar answer = 42;");

        Assert.Equal(
            "int answer\nvalue: 42", _engine.Assistant.Inspect("answer + 1", 3)?.Replace("Submission#0.", "", StringComparison.Ordinal));
        Assert.Contains("int int.Parse(string s)", _engine.Assistant.Inspect("int.Parse(\"1\")", 6), StringComparison.Ordinal);
        Assert.Contains("A usage error. The message",
            _engine.Assistant.Inspect("throw new Research.TextVae.Support.UserException(\"\");", 40), StringComparison.Ordinal);
        Assert.Null(_engine.Assistant.Inspect("1 + 1", 2));
    }

    [Theory]
    [InlineData("1 + 1", "complete")]
    [InlineData("for (;;) {", "incomplete")]
    [InlineData("var a = ", "incomplete")]
    [InlineData("int 3 = x;", "invalid")]
    [InlineData("#!markdown\nfor (;;) {", "complete")]
    [InlineData("#!nothing", "invalid")]
    public void CompletenessOfCode(string code, string expected) => Assert.Equal(expected, CodeAssistant.Completeness(code));

    private string Run(string code)
    {
        var result = Execute(code);
        Assert.True(result.Succeeded, result.Error?.Trace[0]);
        return _output.Take();
    }

    private CellError Fail(string code) => Execute(code).Error ?? throw new InvalidOperationException("The cell did not fail.");

    private CellResult Execute(string code) =>
        _engine.Execute(code, string.Create(CultureInfo.InvariantCulture, $"cell {++_cells}"), _output);

    private List<string> Complete(string marked)
    {
        var position = marked.IndexOf('|', StringComparison.Ordinal);
        return [.. _engine.Assistant.Complete(marked.Remove(position, 1), position).Items.Select(item => item.Text)];
    }

    private void WaitFor(string text) => Assert.True(SpinWait.SpinUntil(
        () =>
        {
            Thread.Sleep(20);
            return _output.Take() == text;
        },
        TimeSpan.FromMinutes(1)));
}
