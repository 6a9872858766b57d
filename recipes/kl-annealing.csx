#!/usr/bin/env dotnet-script
// What do schedules of the KL weight do? Constant, linear, sigmoid, cosine, cyclical and delayed annealing side by side: what they do to
// the latent code of the same LSTM VAE on the same sentences, during training and in the end.
//
//   textvae run recipes/kl-annealing.csx
#load "prelude.csx"

return Recipe.Run(Args, "kl-annealing", "Schedules of the KL weight", recipe =>
{
    var model = recipe.Configure(
        new LstmVaeConfig { EmbeddingSize = 96, HiddenSize = 96, LatentSize = 8, Dropout = 0.2 },
        smoke: config => config with { EmbeddingSize = 16, HiddenSize = 16 },
        full: config => config with { EmbeddingSize = 512, HiddenSize = 1024, LatentSize = 32, Dropout = 0.5 });
    // No early end and one learning rate: a schedule shows itself over its whole length.
    var training = recipe.Configure(
        new TrainingOptions
        {
            Epochs = 6, BatchSize = 64, LearningRate = 8e-3, Precision = TensorEngine.FastestPrecision,
            EarlyStoppingPatience = int.MaxValue, LearningRatePatience = int.MaxValue,
        },
        smoke: options => options with { Epochs = 2 },
        full: options => options with { Epochs = 40, BatchSize = 32, LearningRate = 1e-3 });
    var evaluation = recipe.Configure(
        new EvaluationOptions { IwSamples = 100, BleuSentences = 1 },
        smoke: options => options with { IwSamples = 3 },
        full: options => options with { IwSamples = 500 });
    var seeds = recipe.Parameter("seeds", standard: 1, full: 3);
    var data = recipe.Data(
        "austen",
        new TextOptions { MaxTokens = 10, MaxVocabulary = 1500, Test = 0.05 },
        smoke: options => options with { MaxVocabulary = 500, MaxTrainSentences = 200 },
        full: options => options with { MaxTokens = 40, MaxVocabulary = 10_000 });

    const string Constant = "constant", Linear = "linear", Sigmoid = "sigmoid", Cosine = "cosine", Cyclical = "cyclical";
    const string Delayed = "delayed";
    string[] annealed = [Linear, Sigmoid, Cosine, Cyclical, Delayed];
    var (epochs, kl, highest) = (training.Epochs, Metric.Kl, new Metric("highest KL in training", "0.0"));
    Action<Variant> Anneal(KlSchedule schedule) => variant =>
    {
        var vae = variant.Train(model, data, new ElboObjective { KlWeight = schedule }, training);
        variant.Evaluate(vae, data.Test, evaluation);
        // The most that the code told while the weight was still rising; a look after every epoch would miss the short cycles.
        variant.Record(highest, variant.Curve("KL").Y.Max());
    };

    return recipe.Study()
        .On(data)
        .About("One model, one text, and six schedules that all end at weight 1: only the way there differs.")
        .Columns(kl, Metric.MutualInformation, Metric.ActiveUnits, Metric.Reconstruction, Metric.NegativeElbo, Metric.IwNll, highest)
        .Seeds(seeds)
        .Variant(Constant, Anneal(KlSchedule.Constant(1)))
        .Variant(Linear, Anneal(KlSchedule.Linear(0.75 * epochs)))
        .Variant(Sigmoid, Anneal(KlSchedule.Sigmoid(0.5 * epochs, width: 0.08 * epochs)))
        .Variant(Cosine, Anneal(KlSchedule.Cosine(0.75 * epochs)))
        .Variant(Cyclical, Anneal(KlSchedule.Cyclical(0.25 * epochs, cycles: 4)))
        .Variant(Delayed, Anneal(KlSchedule.Linear(0.5 * epochs).After(0.25 * epochs)))
        .Report(report => report
            .Section("The schedules", "The weight of the KL term in the loss, and what it does to the term itself.")
            .Figure("kl-weight", report.Curves("KL weight", y: "KL weight", x: "step").YFromZero(), "The weight by training step.")
            .Figure("kl", report.Curves("KL", y: "KL (nats per sentence)", x: "step").LogY(),
                "KL of the training sentences. A code that costs nothing to use at first is given up as the weight rises.")
            .Figure("mi", report.Curves("validation MI", y: "I(x; z) (nats)").YFromZero(),
                "Mutual information on the validation sentences.")
            .Figure("elbo", report.Curves("validation loss", y: "−ELBO (nats per sentence)").LogY(),
                "−ELBO on the validation sentences, always with weight 1."))
        .Headline("KL annealing", "000, 001, 002", study =>
            $"highest KL in training: {study[Constant].Format(highest)} nats with weight 1 throughout, "
            + $"{annealed.Max(name => study[name][highest]):0.0} with annealing; in the end {study[Constant].Format(kl)} and "
            + $"{annealed.Max(name => study[name][kl]):0.00}")
        .Expect("with every annealing the KL is at some time ten times as high as with weight 1 throughout", study =>
            study.Count(annealed.Length, row => row.Name != Constant && row[highest] > 10 * study[Constant][highest]))
        .Expect("with weight 1 throughout the posterior collapses: KL below 0.5 nats", study => study.AtMost(kl, Constant, 0.5));
});
