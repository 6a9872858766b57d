using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Research.TextVae.Interactive.Tests;

/// <summary>What our users' notebooks meet in .NET Interactive itself.</summary>
public sealed partial class RealKernelTests : IDisposable
{
    private const string Library = """
        #r "../artifacts/bin/Research.TextVae.Datasets/release/Research.TextVae.dll"
        #r "../artifacts/bin/Research.TextVae.Datasets/release/Research.TextVae.Datasets.dll"
        using Research.TextVae.Models;
        using Research.TextVae.Objectives;
        using Research.TextVae.Text;
        using Research.TextVae.Training;
        using TorchSharp;
        using static TorchSharp.torch;
        """;

    private const string Sizes = """
        var data = TextData.Load("austen", new TextOptions { MaxTokens = 12, MaxVocabulary = 1000, MaxTrainSentences = 500 });
        var config = new LstmVaeConfig { EmbeddingSize = 32, HiddenSize = 32, LatentSize = 8 };
        """;

    private const string Data = Sizes + """

        var options = new TrainingOptions { Epochs = 1 };
        var (model, history) = Trainer.Fit(config, data, new ElboObjective(), options, seed: 1);
        var (lm, _) = Trainer.Fit(new RecurrentLmConfig { EmbeddingSize = 32, HiddenSize = 32 }, data, options, seed: 1);
        """;

    private readonly NotebookHost _host = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("textvae-interactive-").FullName;

    public void Dispose()
    {
        _host.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public static TheoryData<string> All =>
        [.. Directory.GetFiles(NotebookHost.Notebooks, "*.ipynb").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    /// <summary>At smoke size, to the last digit and the last coordinate of a figure; only times may differ.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public async Task A_notebook_says_here_what_it_says_in_our_engine(string notebook)
    {
        var source = Path.Combine(NotebookHost.Notebooks, notebook);
        var cells = NotebookHost.CellsOf(source);
        var executed = Path.Combine(_folder, notebook);
        var headless = Finish("notebook", "run", source, "-p", "size=smoke", "-o", executed);
        var outcomes = new List<CellOutcome>();
        foreach (var cell in cells)
            outcomes.Add(await Succeeds(cell.IsParameters ? cell.Code + "\nsize = \"smoke\";" : cell.Code));

        var (exitCode, said) = await headless;
        Assert.True(exitCode == 0, said);
        var ours = NotebookHost.CellsOf(executed).Where(cell => !cell.IsInjected).ToList();
        Assert.Equal(cells.Count, ours.Count);
        var figures = 0;
        foreach (var (theirs, our) in outcomes.Zip(ours))
        {
            Assert.Equal(Timeless(our.Printed), Timeless(theirs.Printed));
            Assert.True(our.Displayed.Count == theirs.Displayed.Count, string.Join('\n', theirs.Displayed.Select(Markup)));
            foreach (var (here, there) in theirs.Displayed.Zip(our.Displayed))
            {
                if (there["application/vnd.plotly.v1+json"] is { } figure)
                {
                    Assert.True(JsonNode.DeepEquals(figure, FigureOf(Markup(here))), $"{figure.ToJsonString()}\n{Markup(here)}");
                    figures++;
                }
                else
                {
                    Assert.Equal(Timeless(Markup(there)), Timeless(Markup(here)));
                }
            }
        }

        Assert.InRange(figures, 3, 100);
    }

    [Fact]
    public async Task Tensors_of_any_TorchSharp_code_go_into_the_library_and_come_back()
    {
        await Succeeds(Library);
        var outcome = await Succeeds("""
            var linear = nn.Linear(8, 3);
            var x = randn(5, 8);
            var theirs = linear.call(x);
            var ours = Research.TextVae.Kernels.LinearKernel.Compute(x, linear.weight, linear.bias);
            var kernels = Research.TextVae.Kernels.KernelLibrary.Level ?? Research.TextVae.Kernels.KernelLibrary.Missing;
            $"same: {theirs.allclose(ours)}, kernels: {kernels}"
            """);

        Assert.Contains("same: True", outcome.Shown, StringComparison.Ordinal);
        // These tests must not load the library, so they cannot ask it.
        var off = Environment.GetEnvironmentVariable("TEXTVAE_KERNELS") == "off";
        Assert.Contains(off ? "TEXTVAE_KERNELS is off" : "x86-64", outcome.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_of_the_library_are_shown_as_what_they_are()
    {
        await Succeeds(Library);
        await Succeeds(Data);
        var shown = new Dictionary<string, string>();
        foreach (var value in new[] { "data", "data.Test", "data.Tokenizer", "model", "history", "lm" })
            shown[value] = (await Succeeds(value)).Shown;

        Assert.Contains("austen", shown["data"], StringComparison.Ordinal);
        Assert.Contains("tokens per sentence", shown["data.Test"], StringComparison.Ordinal);
        Assert.Contains("WordTokenizer", shown["data.Tokenizer"], StringComparison.Ordinal);
        Assert.Contains("decoder_embedding", shown["model"], StringComparison.Ordinal);
        Assert.Contains("reconstruction", shown["history"], StringComparison.Ordinal);
        Assert.Contains("RecurrentLm", shown["lm"], StringComparison.Ordinal);
        // Reflection over all properties took 100,000 characters.
        Assert.All(shown, entry => Assert.InRange(entry.Value.Length, 40, 4000));
    }

    [Fact]
    public async Task The_extension_shows_tensors_as_numbers()
    {
        await Succeeds(Library);
        await Succeeds("""
            #r "../artifacts/bin/Research.TextVae.Interactive/release/Research.TextVae.Interactive.dll"
            using Research.TextVae.Interactive;
            TextVaeExtension.Load();
            """);
        var tensor = await Succeeds("arange(6).reshape(2, 3)");

        Assert.Equal("[[0, 1, 2]\n [3, 4, 5]]", tensor.Shown.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task A_training_shows_a_line_and_a_curve_that_change()
    {
        await Succeeds(Library);
        await Succeeds(Data);

        var outcome = await Succeeds("""
            Trainer.Fit(config, data, new ElboObjective(), new TrainingOptions { Epochs = 100, EarlyStoppingPatience = 100 },
                seed: 1);
            """);

        Assert.True(outcome.Updates > 1, $"{outcome.Updates} updates");
        // All of them in one place.
        Assert.Empty(outcome.Displayed);
        Assert.Contains("<polyline", outcome.Shown, StringComparison.Ordinal);
        Assert.Contains("validation loss", outcome.Shown, StringComparison.Ordinal);
    }

    /// <summary>The kernel's own Cancel leaves a computing loop running; the library's loops watch the cell's token.</summary>
    [Theory]
    [InlineData("Trainer.Fit(config, data, new ElboObjective(), new TrainingOptions { Epochs = 10000 }, seed: 1);")]
    [InlineData("Research.TextVae.Evaluation.ImportanceWeightedNll.Estimate(config.Build(data.Tokenizer.Vocabulary.Count), data.Train, "
        + "samples: 1000000, seed: 1);")]
    [InlineData("Research.TextVae.Generation.TextGenerator.Generate(config.Build(data.Tokenizer.Vocabulary.Count), 300000, "
        + "Research.TextVae.Generation.GenerationOptions.Sample());")]
    public async Task An_interrupt_stops_the_library_within_a_second_and_the_next_cell_runs(string endless)
    {
        await Succeeds(Library);
        await Succeeds(Sizes);
        var running = _host.Run(endless);
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.False(running.IsCompleted);

        var clock = Stopwatch.StartNew();
        await _host.Cancel();
        await running;
        var stopped = clock.Elapsed;
        var next = await _host.Run("$\"gradients: {is_grad_enabled()}\"");

        // A second on a machine that does nothing else.
        Assert.True(stopped < TimeSpan.FromSeconds(2), $"{stopped}");
        Assert.Null(next.Failure);
        Assert.Contains("gradients: True", next.Shown, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Said)> Finish(params string[] arguments)
    {
        var program = Path.Combine(NotebookHost.Checkout, "artifacts", "bin", "Research.TextVae.Cli", "release", "textvae.dll");
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    private static string Timeless(string text) => Times().Replace(text, "");

    // A value without markup of its own is shown as text.
    private static string Markup(JsonObject shown) => (shown["text/html"] ?? shown["text/plain"] ?? "").ToString();

    // The argument of the script that draws it.
    private static JsonNode? FigureOf(string markup)
    {
        var reader =
            new Utf8JsonReader(Encoding.UTF8.GetBytes(markup[markup.IndexOf("{\"data\":", StringComparison.Ordinal)..]), true, default);
        return JsonNode.Parse(ref reader);
    }

    [GeneratedRegex(@"[\d.,]+ s\b")]
    private static partial Regex Times();

    private async Task<CellOutcome> Succeeds(string code)
    {
        var outcome = await _host.Run(code);
        Assert.True(outcome.Failure is null, $"{outcome.Failure}\n{code}");
        return outcome;
    }
}
