#!/usr/bin/env dotnet-script
// What the weight β of the KL term does to an LSTM VAE on sentences: with β = 1 the decoder learns to do
// without the code and the posterior collapses to the prior; a smaller β keeps the code alive and pays in
// likelihood; β = 0 is an autoencoder, whose codes are far from the prior it would be sampled from.
//
//   textvae run recipes/vae-beta-sweep.csx                         Jane Austen's novels
//   textvae run recipes/vae-beta-sweep.csx -p data=my-text.txt     your own text
//   dotnet script recipes/vae-beta-sweep.csx -- --smoke
#load "prelude.csx"

return Recipe.Run(Args, "vae-beta-sweep", "What β does to a text VAE", recipe =>
{
    var data = recipe.Data("austen", new TextOptions
    {
        MaxTokens = recipe.Parameter("max-tokens", standard: 12, full: 40),
        MaxVocabulary = recipe.Parameter("vocabulary", standard: 3000, smoke: 1000, full: 10_000),
        Test = recipe.Parameter("test", standard: 0.03, full: 0.05),
        MaxTrainSentences = recipe.Parameter("sentences", standard: 0, smoke: 500),
        Seed = recipe.Seed,
    });

    var model = new LstmVaeConfig
    {
        EmbeddingSize = recipe.Parameter("embedding", standard: 128, smoke: 32, full: 512),
        HiddenSize = recipe.Parameter("hidden", standard: 128, smoke: 32, full: 1024),
        LatentSize = recipe.Parameter("latent", standard: 32),
        Dropout = recipe.Parameter("dropout", standard: 0.3),
        WordDropout = recipe.Parameter("word-dropout", standard: 0.0),
    };

    var training = new TrainingOptions
    {
        Epochs = recipe.Parameter("epochs", standard: 5, smoke: 1, full: 40),
        LearningRate = recipe.Parameter("learning-rate", standard: 2e-3, full: 1e-3),
    };

    var measures = new EvaluationOptions
    {
        IwSamples = recipe.Parameter("iw-samples", standard: 500, smoke: 5),
        IwSentences = recipe.Parameter("iw-sentences", standard: 0, smoke: 20),
    };

    return recipe.Sweep("β", [0, 0.1, 0.25, 0.5, 1], β => new Trial
        {
            Data = data,
            Model = model,
            Objective = new ElboObjective { KlWeight = new ConstantKl(β) },
            Training = training,
            Measures = measures,
        })
        .About("An LSTM VAE trained five times on the same sentences from the same weights; only the weight β of the KL term differs.")
        .Shows("LSTM VAE, β and posterior collapse", "000, 001, 002", sweep =>
            FormattableString.Invariant($"KL {sweep[0.1].Kl:0.0} → {sweep[1].Kl:0.00} nats, active units {sweep[0.1].ActiveUnits:0} → {sweep[1].ActiveUnits:0} from β = 0.1 to 1"))
        .Seeds(recipe.Parameter("seeds", standard: 1, full: 3))
        .Expect("the rate KL falls as β grows", sweep => sweep.Falls(at => at.Kl))
        .Expect("mutual information falls as β grows", sweep => sweep.Falls(at => at.MutualInformation, tolerance: 0.1))
        .Expect("the distortion is lower at β = 0 than at β = 1", sweep => sweep.Less(at => at.Reconstruction, 0, 1))
        .Expect("at β = 1 the posterior collapses: KL < 0.5 nats or no active unit", sweep => sweep.Collapsed(1))
        .Expect("at β ≤ 0.25 there are active units", sweep => sweep.All(at => at.Value <= 0.25, at => at.ActiveUnits, units => units > 0))
        .Expect("β = 0.1 has a higher IW-NLL than β = 1", sweep => sweep.Less(at => at.IwNll, 1, 0.1));
});
