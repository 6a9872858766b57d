#!/usr/bin/env dotnet-script
// What does the weight β of the KL term do to an LSTM VAE of sentences? With β = 1 the decoder learns to do without the latent code, and
// the posterior collapses to the prior; a smaller β keeps the code in use and costs likelihood; β = 0 is an autoencoder, whose codes are
// far from the prior that they would be sampled from.
//
//   textvae run recipes/vae-beta-sweep.csx                         Jane Austen's novels
//   textvae run recipes/vae-beta-sweep.csx -p data=my-text.txt     your own text
//   dotnet script recipes/vae-beta-sweep.csx -- --smoke
#load "prelude.csx"

return Recipe.Run(Args, "vae-beta-sweep", "What β does to a text VAE", recipe =>
{
    var model = recipe.Configure(
        new LstmVaeConfig { EmbeddingSize = 128, HiddenSize = 128, LatentSize = 32, Dropout = 0.3 },
        smoke: config => config with { EmbeddingSize = 32, HiddenSize = 32 },
        full: config => config with { EmbeddingSize = 512, HiddenSize = 1024 });
    var training = recipe.Configure(
        new TrainingOptions { Epochs = 5, LearningRate = 2e-3 },
        smoke: options => options with { Epochs = 1 },
        full: options => options with { Epochs = 40, LearningRate = 1e-3 });
    var evaluation = recipe.Configure(
        new EvaluationOptions { IwSamples = 500 },
        smoke: options => options with { IwSamples = 5, IwSentences = 20 });
    var seeds = recipe.Parameter("seeds", standard: 1, full: 3);
    var data = recipe.Data(
        "austen",
        new TextOptions { MaxTokens = 12, MaxVocabulary = 3000, Test = 0.03 },
        smoke: options => options with { MaxVocabulary = 1000, MaxTrainSentences = 500 },
        full: options => options with { MaxTokens = 40, MaxVocabulary = 10_000, Test = 0.05 });

    return recipe.Sweep("β", [0, 0.1, 0.25, 0.5, 1], β => new Trial
        {
            Data = data,
            Model = model,
            Objective = new ElboObjective { KlWeight = KlSchedule.Constant(β) },
            Training = training,
            Measures = evaluation,
        })
        .About("An LSTM VAE trained five times on the same sentences from the same weights; only the weight β of the KL term differs.")
        .Seeds(seeds)
        .Headline("LSTM VAE, β and posterior collapse", "000, 001, 002", sweep =>
            $"KL {sweep[0.1].Kl:0.0} → {sweep[1].Kl:0.00} nats, active units {sweep[0.1].ActiveUnits:0} → {sweep[1].ActiveUnits:0} "
            + "from β = 0.1 to 1")
        .Expect("the rate KL falls as β grows", sweep => sweep.Falls(at => at.Kl))
        .Expect("mutual information falls as β grows", sweep => sweep.Falls(at => at.MutualInformation, tolerance: 0.1))
        .Expect("the distortion is lower at β = 0 than at β = 1", sweep => sweep.Less(at => at.Reconstruction, 0, 1))
        .Expect("at β = 1 the posterior collapses: KL < 0.5 nats or no active unit", sweep => sweep.Collapsed(1))
        .Expect("at β ≤ 0.25 there are active units", sweep =>
            sweep.All(at => at.Value <= 0.25, at => at.ActiveUnits, units => units > 0))
        .Expect("β = 0, whose codes need not follow the prior, has a higher IW-NLL than β = 1", sweep => sweep.Less(at => at.IwNll, 1, 0));
});
