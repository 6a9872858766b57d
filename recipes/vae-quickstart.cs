// How does the library look in a file-based app of .NET 10, a program in one file without a project? Two LSTM VAEs on Jane Austen's short
// sentences, one with the full KL term, whose posterior collapses, and one with a quarter of it, whose latent code stays in use.
//
//   dotnet run -c Release recipes/vae-quickstart.cs              a minute
//   dotnet run -c Release recipes/vae-quickstart.cs -- --smoke   seconds: does it work?
//
// Without a checkout the first line is #:package Research.TextVae.Datasets@*
#:project ../src/Research.TextVae.Datasets

using Research.TextVae.Datasets;
using Research.TextVae.Experiments;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Text;
using Research.TextVae.Training;

DatasetCatalog.Register();
var code = Recipe.Run(args, "vae-quickstart", "Two weights of the KL term", recipe =>
{
    var model = recipe.Configure(
        new LstmVaeConfig { EmbeddingSize = 128, HiddenSize = 128, LatentSize = 32, Dropout = 0.3 },
        smoke: config => config with { EmbeddingSize = 32, HiddenSize = 32 });
    var training = recipe.Configure(
        new TrainingOptions { Epochs = 4, LearningRate = 2e-3 }, smoke: options => options with { Epochs = 1 });
    var evaluation = recipe.Configure(
        new EvaluationOptions(), smoke: options => options with { IwSamples = 5, IwSentences = 20 });
    var data = recipe.Data(
        "austen",
        new TextOptions { MaxTokens = 12, MaxVocabulary = 3000 },
        smoke: options => options with { MaxVocabulary = 1000, MaxTrainSentences = 500 });

    return recipe.Sweep("β", [0.25, 1], β => new Trial
    {
        Data = data,
        Model = model,
        Objective = new ElboObjective { KlWeight = KlSchedule.Constant(β) },
        Training = training,
        Measures = evaluation,
    }).Expect("the rate KL falls as β grows", sweep => sweep.Falls(at => at.Kl));
});

if (code != 0)
    return code;

// What was trained is in the folder of the run.
var folder = Directory.GetDirectories("runs/vae-quickstart").Order().Last();
using var run = TrainedRun.Open(folder, member: "β=0.25");
foreach (var sentence in run.Sample(5, GenerationOptions.Sample(new Temperature(0.7)), seed: 1))
    Console.WriteLine(sentence);
return 0;
