// How does the schedule of the KL weight show in the KL term? Three trainings of an LSTM VAE on Jane Austen's short sentences; a figure of
// the library becomes a chart of Plotly.NET, which adds a line and writes the page.
//
//   dotnet build src/Research.TextVae.Interactive -c Release     once: the library with Plotly.NET
//   dotnet fsi recipes/vae-plotly.fsx [--smoke]
#load "prelude.fsx"
#I "../artifacts/bin/Research.TextVae.Interactive/release"
#r "Research.TextVae.Interactive.dll"
#r "Plotly.NET.dll"
#r "DynamicObj.dll"
#r "Giraffe.ViewEngine.dll"

open System.IO
open Plotly.NET
open Research.TextVae.Charts
open Research.TextVae.Experiments
open Research.TextVae.Interactive
open Research.TextVae.Models
open Research.TextVae.Objectives
open Research.TextVae.Text
open Research.TextVae.Training

let smoke = Prelude.args |> Array.contains "--smoke"
let pick small standard = if smoke then small else standard
let epochs = pick 1 6
let data = TextData.Load("austen", TextOptions(MaxTokens = 12, MaxVocabulary = pick 1000 3000, MaxTrainSentences = pick 500 0))
let config = LstmVaeConfig(EmbeddingSize = pick 32 128, HiddenSize = pick 32 128, LatentSize = 32, Dropout = 0.3)

let train name (weight: KlSchedule) =
    let objective = ElboObjective(KlWeight = weight)
    let struct (_, history) = Trainer.Fit(config, data, objective, TrainingOptions(Epochs = epochs, LearningRate = 2e-3), 1UL)
    history.Curve name

let curves =
    [ train "constant" (KlSchedule.Constant 0.25)
      train "linear" (KlSchedule.Linear(float epochs / 2.0, ``to`` = 0.25))
      train "cyclical" (KlSchedule.Cyclical(float epochs / 3.0, ``to`` = 0.25)) ]

for curve in curves do
    printfn "%-9s KL %.2f nats at the end" curve.Name (Seq.last curve.Kl)

let kl =
    Figure.Of(curves |> Seq.map (fun curve -> Line.Of(curve.Steps, curve.Kl, curve.Name) :> Trace))
    |> _.Title("KL term by schedule of its weight").X("step").Y("KL (nats per sentence)")

let largest = curves |> Seq.collect _.Kl |> Seq.max
let steps = curves |> List.head |> _.Steps

let page = Path.Combine("runs", "vae-plotly.html")
Directory.CreateDirectory "runs" |> ignore

[ kl.ToChart()
  Chart.Line(steps |> Seq.map (fun step -> step, largest), Name = "largest", LineDash = StyleParam.DrawingStyle.Dot) ]
|> Chart.combine
|> Chart.withDisplayOptions (DisplayOptions.init (PlotlyJSReference = PlotlyJSReference.Full))
|> Chart.saveHtml page

printfn "%s" page
