// What a recipe in F# loads: the library, with its data sets by name. ./textvae doctor builds it.
#r "../artifacts/bin/Research.TextVae.Datasets/release/Research.TextVae.dll"
#r "../artifacts/bin/Research.TextVae.Datasets/release/Research.TextVae.Datasets.dll"
#r "../artifacts/bin/Research.TextVae.Datasets/release/TorchSharp.dll"
#r "../artifacts/bin/Research.TextVae.Datasets/release/Microsoft.ML.Tokenizers.dll"

open Research.TextVae.Datasets
open Research.TextVae.Experiments

DatasetCatalog.Register()

/// The script's arguments.
let args = fsi.CommandLineArgs |> Array.skip 1

/// A value for each size of a run.
let sized (recipe: Recipe) smoke standard full =
    match recipe.Preset with
    | Preset.Smoke -> smoke
    | Preset.Full -> full
    | _ -> standard
