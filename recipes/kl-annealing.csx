#!/usr/bin/env dotnet-script
// Schedules of the KL weight side by side: what constant, linear, sigmoid, cosine, cyclical and delayed annealing do to the code of the
// same LSTM VAE on the same sentences, during training and in the end.
//
//   textvae run recipes/kl-annealing.csx
#load "prelude.csx"

return Recipe.Run(Args, "kl-annealing", "Schedules of the KL weight", recipe =>
{
    var model = new LstmVaeConfig
    {
        EmbeddingSize = recipe.Parameter("embedding", standard: 96, smoke: 16, full: 512),
        HiddenSize = recipe.Parameter("hidden", standard: 96, smoke: 16, full: 1024),
        LatentSize = recipe.Parameter("latent", standard: 8, full: 32),
        Dropout = recipe.Parameter("dropout", standard: 0.2, full: 0.5),
    };
    var epochs = recipe.Parameter("epochs", standard: 6, smoke: 2, full: 40);
    // Patience as long as the training: a schedule shows itself over its whole length.
    var training = new TrainingOptions
    {
        Epochs = epochs,
        BatchSize = recipe.Parameter("batch-size", standard: 64, full: 32),
        LearningRate = recipe.Parameter("learning-rate", standard: 8e-3, full: 1e-3),
        Precision = TensorEngine.FastestPrecision,
        EarlyStoppingPatience = epochs,
        LearningRatePatience = epochs,
    };
    var measures = new EvaluationOptions
    {
        IwSamples = recipe.Parameter("iw-samples", standard: 100, smoke: 3, full: 500),
        BleuSentences = 1,
    };

    var seeds = recipe.Parameter("seeds", standard: 1, full: 3);
    var data = recipe.Data("austen", new TextOptions
    {
        MaxTokens = recipe.Parameter("max-tokens", standard: 10, full: 40),
        MaxVocabulary = recipe.Parameter("vocabulary", standard: 1500, smoke: 500, full: 10_000),
        Test = recipe.Parameter("test", standard: 0.05),
        MaxTrainSentences = recipe.Parameter("sentences", standard: 0, smoke: 200),
    });
    var study = recipe.Study()
        .On(data)
        .About("One model, one text, six schedules that all end at weight 1: only the road there differs.")
        .Column("KL").Column("MI", best: Best.Highest).Column("AU", "0").Column("rec.").Column("−ELBO", best: Best.Lowest).Column("IW-NLL", best: Best.Lowest).Column("highest KL in training", "0.0")
        .Seeds(seeds);
    foreach (var (name, schedule) in new (string, KlSchedule)[]
    {
        ("constant", KlSchedule.Constant(1)),
        ("linear", KlSchedule.Linear(0.75 * epochs)),
        ("sigmoid", new SigmoidKl { Midpoint = 0.5 * epochs, Width = 0.08 * epochs }),
        ("cosine", new CosineKl { Epochs = 0.75 * epochs }),
        ("cyclical", new CyclicalKl { Period = 0.25 * epochs, Cycles = 4 }),
        ("delayed", new DelayedKl { Delay = 0.25 * epochs, Then = KlSchedule.Linear(0.5 * epochs) }),
    })
    {
        study.Variant(name, member =>
        {
            var vae = member.Build(() => model.Build(data.Tokenizer.Vocabulary.Count));
            var trained = member.Train(new VaeTask(vae, data, new ElboObjective { KlWeight = schedule }), training);
            member.Evaluate(vae, data.Test, measures);
            // The most the code told while the weight was still rising; after every epoch would miss the short cycles.
            member.Record("highest KL in training", member.Curve("KL").Y.Max());
        });
    }

    string[] annealed = ["linear", "sigmoid", "cosine", "cyclical", "delayed"];
    Figure Curves(StudyReport report, string series, string y, string x = "epoch") =>
        Figure.Of(report.Series(series).Select(curve => Line.Of(curve.Series.X, curve.Series.Y, curve.Variant))).X(x).Y(y).Height(320);
    return study
        .Report(report => report
            .Section("The schedules", "The weight of the KL term in the loss, and what it does to the term itself.")
            .Figure("kl-weight", Curves(report, "KL weight", "KL weight", "step").YFromZero(), "By training step.")
            .Figure("kl", Curves(report, "KL", "KL (nats a sentence)", "step").LogY(), "On the training sentences. A code that is free to use at first is given up as the weight rises.")
            .Figure("mi", Curves(report, "validation MI", "I(x; z) (nats)").YFromZero(), "Mutual information on the validation sentences.")
            .Figure("elbo", Curves(report, "validation loss", "−ELBO (nats a sentence)").LogY(), "−ELBO on the validation sentences, always with weight 1."))
        .Headline("KL annealing", "000, 001, 002", results => FormattableString.Invariant(
            $"highest KL in training: {results["constant"]["highest KL in training"]:0.0} nats with weight 1 throughout, {annealed.Max(name => results[name]["highest KL in training"]):0.0} with annealing; in the end {results["constant"]["KL"]:0.00} and {annealed.Max(name => results[name]["KL"]):0.00}"))
        .Expect("every annealing lets the code tell ten times as much at some time as weight 1 throughout",
            results => results.Count(annealed.Length, row => row.Name != "constant" && row["highest KL in training"] > 10 * results["constant"]["highest KL in training"]))
        .Expect("with weight 1 throughout the posterior collapses: KL below 0.5 nats", results => results.AtMost("KL", "constant", 0.5));
});
