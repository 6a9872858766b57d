// What does the weight β of the KL term do to an LSTM VAE of sentences? The recipe vae-beta-sweep.csx in F#, with the same numbers.
//
//   textvae run recipes/vae-beta-sweep.fsx
//   dotnet fsi recipes/vae-beta-sweep.fsx --smoke
#load "prelude.fsx"

open Prelude
open Research.TextVae.Experiments
open Research.TextVae.Models
open Research.TextVae.Objectives
open Research.TextVae.Text
open Research.TextVae.Training

let describe (recipe: Recipe) =
    let sized smoke standard full = sized recipe smoke standard full

    let model =
        LstmVaeConfig(EmbeddingSize = sized 32 128 512, HiddenSize = sized 32 128 1024, LatentSize = 32, Dropout = 0.3)
        |> recipe.Configure

    let training = TrainingOptions(Epochs = sized 1 5 40, LearningRate = sized 2e-3 2e-3 1e-3) |> recipe.Configure
    let evaluation = EvaluationOptions(IwSamples = sized 5 500 500, IwSentences = sized 20 0 0) |> recipe.Configure
    let seeds = recipe.Parameter("seeds", sized 1 1 3)

    let data =
        recipe.Data(
            "austen",
            TextOptions(
                MaxTokens = sized 12 12 40,
                MaxVocabulary = sized 1000 3000 10_000,
                MaxTrainSentences = sized 500 0 0,
                Test = sized 0.03 0.03 0.05
            )
        )

    let trial β =
        Trial(
            Data = data,
            Model = model,
            Objective = ElboObjective(KlWeight = KlSchedule.Constant β),
            Training = training,
            Measures = evaluation
        )

    recipe
        .Sweep("β", [ 0.0; 0.1; 0.25; 0.5; 1.0 ], trial)
        .About("An LSTM VAE trained five times on the same sentences from the same weights; only the weight β of the KL term differs.")
        .Seeds(seeds)
        .Headline("LSTM VAE, β and posterior collapse", "000, 001, 002", fun sweep ->
            let low, high = sweep[0.1], sweep[1.0]
            $"KL %.1f{low.Kl} → %.2f{high.Kl} nats, active units %.0f{low.ActiveUnits} → %.0f{high.ActiveUnits} from β = 0.1 to 1")
        .Expect("the rate KL falls as β grows", _.Falls(_.Kl))
        .Expect("mutual information falls as β grows", _.Falls(_.MutualInformation, tolerance = 0.1))
        .Expect("the distortion is lower at β = 0 than at β = 1", _.Less(_.Reconstruction, 0.0, 1.0))
        .Expect("at β = 1 the posterior collapses: KL < 0.5 nats or no active unit", _.Collapsed(1.0))
        .Expect("at β ≤ 0.25 there are active units", fun sweep ->
            sweep.All((fun at -> at.Value <= 0.25), _.ActiveUnits, fun units -> units > 0.0))
        .Expect("β = 0, whose codes need not follow the prior, has a higher IW-NLL than β = 1", _.Less(_.IwNll, 1.0, 0.0))

Recipe.Run(args, "vae-beta-sweep", "What β does to a text VAE", (fun recipe -> describe recipe)) |> exit
