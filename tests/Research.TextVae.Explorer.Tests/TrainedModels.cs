using Microsoft.Playwright;
using Research.TextVae.Charts;
using Research.TextVae.Experiments;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Support;
using Research.TextVae.Tests.Charts;
using Research.TextVae.Text;
using Research.TextVae.Training;

namespace Research.TextVae.Explorer.Tests;

/// <summary>A run of three small models on a language of 400 sentences and of a model of an ordinary size that has hardly been trained, and
/// one Chromium to look at them with.</summary>
[CollectionDefinition(Name)]
public sealed class TrainedModels : ICollectionFixture<TrainedModels>, IAsyncLifetime
{
    public const string Name = "trained models";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("textvae-explore-");
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The folder of the run.</summary>
    public string Run { get; private set; } = "";

    /// <summary>What the small models were trained on.</summary>
    public string FewWords => Path.Combine(_folder.FullName, "few.txt");

    /// <summary>What the model of an ordinary size was trained on: 3,000 words.</summary>
    public string ManyWords => Path.Combine(_folder.FullName, "many.txt");

    public async Task InitializeAsync()
    {
        var random = new StableRandom(1);
        File.WriteAllLines(ManyWords, Enumerable.Range(0, 1500).Select(i =>
            string.Concat(Enumerable.Range(0, 10).Select(k => $"w{(k < 3 ? (3 * i + k) % 3000 : random.Next(3000))} ")) + "."));
        string[] subjects = ["the cat", "a dog", "my aunt", "the old man", "she", "nobody here"];
        string[] verbs = ["sees", "likes", "follows", "paints"];
        string[] objects = ["the garden", "him", "the long road home", "music", "everything"];
        string[] times = ["at night", "on day 1", "on day 2", "in may", "again"];
        string Word(string[] words) => words[random.Next(words.Length)];
        File.WriteAllLines(FewWords, Enumerable.Range(0, 400).Select(_ =>
            $"{Word(subjects)} {Word(verbs)} {Word(objects)} {Word(times)} {Word([".", ".", "?"])}"));
        var code = Recipe.Run(["--runs", Path.Combine(_folder.FullName, "runs"), "-p", $"data={FewWords}"], "tiny", "Tiny", Describe);
        Assert.Equal(ExitCode.Success, code);
        Run = Directory.GetDirectories(Path.Combine(_folder.FullName, "runs", "tiny")).Single();

        Assertions.SetDefaultExpectTimeout(60_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium.Find(),
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>Opens a page; <see cref="BrowserPage.Requests"/> has what it asks for.</summary>
    public async Task<BrowserPage> Open(Uri address, int width = 1280, ColorScheme scheme = ColorScheme.Light, bool touches = false)
    {
        var context = await _browser!.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = scheme,
            HasTouch = touches,
        });
        context.SetDefaultTimeout(60_000);
        var page = new BrowserPage(await context.NewPageAsync());
        await page.Tab.GotoAsync(address.AbsoluteUri);
        return page;
    }

    private Experiment Describe(Recipe recipe)
    {
        var shape = new TransformerShape { Width = 16, Layers = 2, Heads = 2 };
        var data = recipe.Data("austen", new TextOptions { MaxTokens = 14, Validation = 0.15, Test = 0.15 });
        var training = new TrainingOptions { Epochs = 12, LearningRate = 1e-2, BatchSize = 16 };
        var objective = new ElboObjective { KlWeight = KlSchedule.Constant(0.05) };
        return recipe.Study()
            .Columns(Metric.Kl)
            .Variant("VAE", variant =>
                variant.Train(new LstmVaeConfig { EmbeddingSize = 16, HiddenSize = 24, LatentSize = 6 }, data, objective, training))
            .Variant("Transformer VAE", variant =>
                variant.Train(new TransformerVaeConfig { Shape = shape, LatentSize = 4 }, data, objective, training with { Epochs = 2 }))
            .Variant("Transformer", variant =>
                variant.Train(new TransformerLmConfig { Shape = shape }, data, training with { Epochs = 3 }))
            .Variant("sweep size", variant => variant.Train(
                new LstmVaeConfig { EmbeddingSize = 128, HiddenSize = 128, LatentSize = 32, Dropout = 0.3 },
                TextData.Load(ManyWords, new TextOptions { MaxTokens = 12, MaxVocabulary = 3000, Validation = 0.2, Test = 0.2 }),
                new ElboObjective(),
                new TrainingOptions { Epochs = 1 }));
    }
}
