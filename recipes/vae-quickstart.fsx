// How does the library look from F#? Two LSTM VAEs on Jane Austen's short sentences, one with the full KL term, whose posterior
// collapses, and one with a quarter of it, whose latent code stays in use.
//
//   dotnet fsi recipes/vae-quickstart.fsx             a minute
//   dotnet fsi recipes/vae-quickstart.fsx --smoke     seconds: does it work?
//
// ./textvae doctor builds the library first.
#load "prelude.fsx"

open System.IO
open Research.TextVae.Charts
open Research.TextVae.Evaluation
open Research.TextVae.Experiments
open Research.TextVae.Generation
open Research.TextVae.Models
open Research.TextVae.Objectives
open Research.TextVae.Text
open Research.TextVae.Training

let smoke = Prelude.args |> Array.contains "--smoke"
let pick small standard = if smoke then small else standard
let seed = 1UL

let data =
    TextData.Load("austen", TextOptions(MaxTokens = 12, MaxVocabulary = pick 1000 3000, MaxTrainSentences = pick 500 0, Seed = seed))

let config = LstmVaeConfig(EmbeddingSize = pick 32 128, HiddenSize = pick 32 128, LatentSize = 32, Dropout = 0.3)
let options = TrainingOptions(Epochs = pick 1 4, LearningRate = 2e-3)

type Trained = { Beta: float; Model: TextVaeModel; History: TrainingHistory; Metrics: VaeMetrics }

let train beta =
    let struct (model, history) = Trainer.Fit(config, data, ElboObjective(KlWeight = KlSchedule.Constant beta), options, seed)
    let m = VaeMetrics.Evaluate(model, data.Test, seed)
    printf "β = %-4g  reconstruction %.2f  KL %.2f  " beta m.Reconstruction m.Kl
    printfn "MI %.2f nats  active units %d" m.MutualInformation m.ActiveUnits
    { Beta = beta; Model = model; History = history; Metrics = m }

let trained = [ 1.0; 0.25 ] |> List.map train

// The latent code decides what is generated only where it carries information.
let used = trained |> List.maxBy _.Metrics.MutualInformation
let z = StandardNormal.Sample(5, used.Model.LatentSize, seed)

for sentence in used.Model.Generate(z, GenerationOptions.Sample(Temperature 0.7), seed) do
    printfn "  %s" (data.Tokenizer.Decode sentence)

let figure = TrainingCurves.Of(trained |> Seq.map (fun t -> t.History.Curve $"β = {t.Beta}"))
let page = Path.Combine("runs", "vae-quickstart.html")
Directory.CreateDirectory "runs" |> ignore
File.WriteAllText(page, figure.ToHtml())
printfn "%s" page
