using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Research.TextVae.Notebooks.Documents;

namespace Research.TextVae.Cli.Tests.Notebooks;

/// <summary>The notebooks of the repository: a new one is tested by being there.</summary>
public sealed partial class NotebookFilesTests : IDisposable
{
    private const string Library = "#r \"../artifacts/bin/Research.TextVae.Datasets/release/Research.TextVae.dll\"";
    private const int LargestFile = 2_000_000;

    private static readonly string TextVae = Path.Combine(AppContext.BaseDirectory, "textvae.dll");

    private readonly Workplace _place = new();

    public static TheoryData<string> All =>
        [.. Directory.GetFiles(Folder, "*.ipynb").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(Workplace.Checkout, "notebooks");

    public void Dispose() => _place.Dispose();

    /// <summary>At smoke size, headless and through nbconvert and our kernel: the same printed numbers, tables and figures.</summary>
    [Fact]
    public void TheTourGivesTheSameNumbersThroughJupyter()
    {
        // Where the notebook finds the built library as from its own folder.
        Directory.CreateSymbolicLink(Path.Combine(_place.Folder, "artifacts"), Path.Combine(Workplace.Checkout, "artifacts"));
        Finish("dotnet", TextVae, "kernel", "install", "--prefix", _place.Folder);
        Finish("dotnet", TextVae, "notebook", "run", Path.Combine(Folder, "00-tour.ipynb"), "-p", "size=smoke", "--prepare-only", "-o",
            "notebooks/smoke.ipynb");

        Finish("dotnet", TextVae, "notebook", "run", "notebooks/smoke.ipynb", "-o", "notebooks/headless.ipynb");
        Finish(
            "/usr/bin/python3", "-m", "nbconvert", "--to", "notebook", "--execute", "--output", "jupyter.ipynb", "notebooks/smoke.ipynb");

        var headless = Executed("headless.ipynb");
        AssertComplete(headless);
        AssertSameNumbers(headless, Executed("jupyter.ipynb"));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void TheFileIsAsDotnetInteractiveWritesItWithItsOutputs(string name)
    {
        var path = Path.Combine(Folder, name);
        var text = File.ReadAllText(path);
        var notebook = Notebook.Load(path);

        Assert.Equal(notebook.ToString(), text);
        Assert.InRange(new FileInfo(path).Length, 1, LargestFile);
        Assert.True(
            JsonNode.DeepEquals(notebook.Metadata["kernelspec"],
                JsonNode.Parse("""{"display_name": ".NET (C#)", "language": "C#", "name": ".net-csharp"}""")));
        Assert.True(
            JsonNode.DeepEquals(notebook.Metadata["language_info"],
                JsonNode.Parse(
                    """
                    {"file_extension": ".cs", "mimetype": "text/x-csharp", "name": "C#", "pygments_lexer": "csharp", "version": "13.0"}
                    """)));
        Assert.True(
            JsonNode.DeepEquals(notebook.Metadata["polyglot_notebook"],
                JsonNode.Parse("""{"kernelInfo": {"defaultKernelName": "csharp", "items": [{"aliases": [], "name": "csharp"}]}}""")));

        var ids = notebook.Cells.Select(cell => cell.Json["id"]?.ToString()).ToList();
        Assert.All(ids, id => Assert.Matches("^[A-Za-z0-9_-]{1,64}$", id));
        Assert.Equal(ids.Count, ids.Distinct().Count());
        var code = notebook.Cells.Where(cell => cell.IsCode).ToList();
        Assert.All(code, cell => Assert.Equal("csharp", cell.Metadata["dotnet_interactive"]?["language"]?.ToString()));
        Assert.All(code, cell => Assert.Equal("csharp", cell.Metadata["polyglot_notebook"]?["kernelName"]?.ToString()));

        Assert.Matches(@"^# .*[A-Za-z].*\p{IsCJKUnifiedIdeographs}", Regex.Replace(notebook.Cells[0].Source, "\n+", " "));
        Assert.StartsWith(Library, code[0].Source, StringComparison.Ordinal);
        Assert.Contains("parameters", code[1].Tags);
        Assert.Contains("var size = \"standard\";", code[1].Source, StringComparison.Ordinal);
        Assert.Contains("var seed = 1UL;", code[1].Source, StringComparison.Ordinal);

        Assert.Equal(Enumerable.Range(1, code.Count), code.Select(cell => cell.ExecutionCount ?? 0));
        AssertComplete(notebook);
        Assert.DoesNotMatch(
            FolderOfAMachine(), string.Concat(notebook.Cells.Select(cell => cell.Source).Concat(code.Select(WithoutPictures))));
    }

    // With the user's own cache, so that a data set is fetched once for all notebooks.
    private void Finish(string program, params string[] arguments)
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var outcome = Workplace.Finish(_place.Start(program, arguments, [.. _place.OfJupyter, ("XDG_CACHE_HOME", cache)]));
        Assert.True(outcome.ExitCode == 0, $"{string.Join(' ', arguments)}: {outcome.Error}");
    }

    private Notebook Executed(string name) => Notebook.Load(Path.Combine(_place.Folder, "notebooks", name));

    // One machine and one seed: far nearer than the notebook allows for other machines. What it says to ignore are times.
    private static void AssertSameNumbers(Notebook expected, Notebook actual)
    {
        var tolerance = new CheckTolerance { Ignore = CheckTolerance.Read(expected.Metadata, new CheckTolerance(), "notebook")!.Ignore };
        Assert.All(expected.Cells.Zip(actual.Cells)
            .Where(pair => pair.First.IsCode), pair =>
                Assert.Empty(OutputComparison.Compare(pair.First.Outputs, pair.Second.Outputs, tolerance)));
    }

    private static void AssertComplete(Notebook notebook)
    {
        foreach (var cell in notebook.Cells.Where(cell => cell.IsCode))
        {
            foreach (var output in cell.Outputs.OfType<JsonObject>())
            {
                Assert.True(output["output_type"]!.ToString() != "error" || cell.Tags.Contains("raises-exception"), output.ToJsonString());
                if ((output["data"] as JsonObject)?["application/vnd.plotly.v1+json"] is null)
                    continue;
                Assert.NotEmpty(NotebookCell.Text(output["data"]!["image/png"]));
                Assert.Null(output["data"]!["text/html"]);
            }
        }
    }

    private static string WithoutPictures(NotebookCell cell)
    {
        var outputs = (JsonArray)cell.Outputs.DeepClone();
        foreach (var output in outputs)
            (output!["data"] as JsonObject)?.Remove("image/png");
        return outputs.ToJsonString();
    }

    [GeneratedRegex(@"(?<![\w./])/(work|home|root|tmp|usr|Users)/")]
    private static partial Regex FolderOfAMachine();
}
