#!/usr/bin/env dotnet-script
// What helps against posterior collapse? Every remedy on the same sentences and seeds: what each makes the latent code tell (KL, mutual
// information, active units), and what that costs in time and in likelihood (importance-weighted, against an LSTM language model of the
// same size). The settings were chosen by the validation sentences (-p split=validation); the test sentences are for the table.
//
//   textvae run recipes/collapse-remedies.csx
//   textvae run recipes/collapse-remedies.csx -p split=validation -p seeds=1 -p free-nats=3
#load "prelude.csx"

return Recipe.Run(Args, "collapse-remedies", "What helps against posterior collapse", recipe =>
{
    var plain = recipe.Configure(new LstmVaeConfig { EmbeddingSize = 96, HiddenSize = 96, LatentSize = 8, Dropout = 0.2 },
        smoke: config => config with { EmbeddingSize = 16, HiddenSize = 16 },
        full: config => config with { EmbeddingSize = 512, HiddenSize = 1024, LatentSize = 32, Dropout = 0.5 });
    var lm = new RecurrentLmConfig { EmbeddingSize = plain.EmbeddingSize, HiddenSize = plain.HiddenSize, Dropout = plain.Dropout };
    // An annealed weight worsens −ELBO before it betters it: that must not end the training.
    var training = new TrainingOptions { Precision = TensorEngine.FastestPrecision, EarlyStoppingPatience = int.MaxValue };
    training = recipe.Configure(training with { Epochs = 5, BatchSize = 64, LearningRate = 8e-3 },
        smoke: options => options with { Epochs = 1 },
        full: options => options with { Epochs = 40, BatchSize = 32, LearningRate = 1e-3 });
    var first = training with { Epochs = recipe.Parameter("pre-training-epochs", standard: 3, smoke: 1, full: 10) };
    // The same sentences for every column, so that IW-NLL can be held against −ELBO.
    var evaluation = recipe.Configure(new EvaluationOptions { IwSamples = 300, BleuSentences = 1 },
        smoke: options => options with { IwSamples = 3 }, full: options => options with { IwSamples = 500 });
    FreeBits Share(double nats) => new() { Nats = nats / plain.LatentSize };
    var perDimension = Share(recipe.Parameter("free-nats", standard: 5.0, full: 8.0));
    var perBoth = perDimension with { Form = FreeBitsForm.PerDimensionAndSentence };
    var helped = Share(recipe.Parameter("free-nats-helped", standard: 4.0, full: 8.0));
    var perSentence = new FreeBits { Nats = recipe.Parameter("free-nats-sentence", 4.0, full: 8.0), Form = FreeBitsForm.PerSentence };
    var (beta, mmdBeta) = (recipe.Parameter("beta", standard: 0.2), recipe.Parameter("mmd-beta", standard: 0.2));
    var mmd = recipe.Configure(new MaximumMeanDiscrepancy { Weight = 3 }, prefix: "mmd");
    var (wordDropout, inputNoise) = (recipe.Parameter("remedy-word-dropout", 0.5), recipe.Parameter("input-noise", 0.3));
    var meanScale = recipe.Parameter("mean-scale", standard: 1.0);
    var weighting = recipe.Configure(new ImportanceWeighting { Samples = 8 }, prefix: "iwae", full: _ => new() { Samples = 50 });
    // At most 100 steps of the encoder, its loss compared every 15; in the full size with the optimizer of He et al. 2019 too: hours.
    var aggressive = recipe.Configure(new AggressiveTraining(), prefix: "aggressive", smoke: _ => new() { MaxSteps = 2, CheckEvery = 1 });
    var passes = recipe.Parameter("sgd-epochs", standard: 0, smoke: 1, full: 40);
    var sgd = training with { Optimizer = OptimizerKind.Sgd, LearningRate = 1, BatchSize = 32, Aggressive = aggressive };
    var (seeds, split) = (recipe.Parameter("seeds", standard: 3, smoke: 1), recipe.Parameter("split", "test"));
    if (split is not ("test" or "validation"))
        throw new UserException($"-p split={split}: the sentences to evaluate on are those of test or validation.");
    var data = recipe.Data("austen", new TextOptions { MaxTokens = 10, MaxVocabulary = 1500, Test = 0.05, Validation = 0.05 },
        smoke: options => options with { MaxVocabulary = 500, MaxTrainSentences = 200 },
        full: options => options with { MaxTokens = 40, MaxVocabulary = 10_000 });
    var (sentences, vocabulary) = (split == "test" ? data.Test : data.Validation, data.Tokenizer.Vocabulary.Count);

    const string Baseline = "LSTM language model", Plain = "plain VAE", Free = "free bits, per dimension", Collapsed = "collapsed";
    const string Helpful = "AU ≥ 4, MI ≥ 2, IW-NLL within 2 %";
    var (kl, mi, units, elbo) = (Metric.Kl, Metric.MutualInformation, Metric.ActiveUnits, Metric.NegativeElbo);
    var (nll, distortion) = (Metric.IwNll, Metric.Reconstruction);
    ElboObjective Annealed(int epochs) => new() { KlWeight = KlSchedule.Linear(0.5 * epochs, from: 0.1) };
    ElboObjective Weighted(double weight) => new() { KlWeight = KlSchedule.Constant(weight) };
    ElboObjective Spared(FreeBits bits) => new() { FreeBits = bits };
    Action<Variant> Vae(LstmVaeConfig? config = null, ElboObjective? loss = null, TrainingOptions? options = null) => variant =>
        variant.Evaluate(variant.Train(config ?? plain, data, loss ?? new(), options ?? training), sentences, evaluation);

    bool Helps(StudyResults study, StudyRow row) =>
        row.Name != Baseline && row[units] >= 4 && row[mi] >= 2 && row[nll] <= 1.02 * study[Baseline][nll];
    string Fate(StudyResults study, StudyRow row) => Helps(study, row) ? Helpful : row[kl] < 0.5 ? Collapsed : "in between";
    Figure By(StudyReport report, Metric y, string title) =>
        report.Scatter(kl, y, row => Fate(report.Results, row), seeds: true).X("rate: KL (nats)").Y(title);

    var study = recipe.Study()
        .On(data).Seeds(seeds)
        .About("One LSTM VAE with each remedy alone, beside the plain VAE, a smaller β, and an LSTM language model.")
        .Columns(kl, mi, units, distortion, elbo, nll)
        .Variant(Baseline, variant => variant.Record(nll, Likelihood.Evaluate(variant.Train(lm, data, training), sentences).Nll))
        .Variant(Plain, Vae())
        .Variant($"β = {beta}", Vae(loss: Weighted(beta)))
        .Variant("linear annealing", Vae(loss: Annealed(training.Epochs)))
        .Variant("cyclical annealing", Vae(loss: new() { KlWeight = KlSchedule.Cyclical(training.Epochs / 3.0, cycles: 3) }))
        .Variant(Free, Vae(loss: Spared(perDimension)))
        .Variant("free bits, per sentence", Vae(loss: Spared(perSentence)))
        .Variant("free bits, per dimension and sentence", Vae(loss: Spared(perBoth)))
        .Variant("word dropout", Vae(plain with { WordDropout = wordDropout }))
        .Variant("normalised means (BN-VAE)", Vae(plain with { PosteriorBatchNormScale = meanScale }))
        .Variant("MMD (InfoVAE)", Vae(loss: Weighted(mmdBeta) with { Mmd = mmd }))
        .Variant("max-pooled encoder", Vae(plain with { Pooling = Pooling.Max }))
        .Variant("skip connection from z", Vae(plain with { LatentAtOutput = true }))
        .Variant("denoising encoder", Vae(plain with { EncoderWordDropout = inputNoise }))
        .Variant("IWAE, doubly reparameterised", Vae(loss: new() { ImportanceWeighting = weighting }))
        .Variant("aggressive encoder", Vae(options: training with { Aggressive = aggressive }));
    if (passes > 0)
        study = study.Variant("aggressive encoder, SGD and annealing", Vae(loss: Annealed(passes), options: sgd with { Epochs = passes }));
    return study
        .Variant("pre-training + free bits", variant =>
        {
            // An autoencoder first; then its encoder with a new decoder (Li et al. 2019).
            var vae = variant.Build(() => plain.Build(vocabulary));
            variant.Train(new VaeTask(vae, data, Weighted(0)), first, "pre-training");
            vae.ResetDecoder(variant.Build(() => plain.Build(vocabulary)));
            variant.Train(new VaeTask(vae, data, Annealed(training.Epochs) with { FreeBits = helped }), training);
            variant.Evaluate(vae, sentences, evaluation);
        })
        .Variant("annealing + free bits + max pooling", Vae(
            plain with { Pooling = Pooling.Max }, Annealed(training.Epochs) with { FreeBits = helped }))
        .Report(report => report
            .Section("Rate and distortion", "**Rate** is KL, **distortion** reconstruction. A collapsed model lies at the left edge.")
            .Figure("rate-distortion", report.Scatter(kl, distortion, row => row[kl] < 0.5 ? Collapsed : row.Name)
                .X("rate: KL (nats per sentence)").Y("distortion: reconstruction (nats per sentence)"),
                "Each point is one remedy, the mean over its seeds.")
            .Section("What the rate buys, and what it costs").Figure("by-rate", Figure.Grid(2,
                By(report, distortion, "distortion (nats)"), By(report, mi, "I(x; z) (nats)"), By(report, units, "active units"),
                By(report, nll, "IW-NLL (nats per sentence)").HLine(report.Results[Baseline][nll], Baseline),
                By(report, elbo, "−ELBO (nats per sentence)"), By(report, Metric.Seconds, "seconds")).Height(980),
                "A remedy's mean over seeds, and faintly each seed.")
            .Figure("kl-per-dimension", report.Curves("KL per dimension", y: "KL (nats)", x: "dimension, most used first").Height(460),
                "How the rate is spread over the dimensions of z; first seed.")
            .Figure("mi-by-epoch", report.Curves("validation MI", y: "I(x; z) (nats)").YFromZero().Height(460),
                "During training, on the validation sentences; first seed."))
        .Headline("Remedies against posterior collapse", "000, 001, 002", study =>
            $"{study.Rows.Count(row => Helps(study, row))} of {study.Rows.Count - 2} with AU ≥ 4, MI ≥ 2 nats and IW-NLL within 2 % of the "
            + "LSTM's")
        .Expect("the plain VAE collapses: KL below 0.5 nats", study => study.AtMost(kl, Plain, 0.5))
        .Expect("at least four remedies have AU ≥ 4, MI ≥ 2 nats and IW-NLL within 2 % of the LSTM language model's", study =>
            study.Count(4, row => Helps(study, row)))
        .Expect("free bits raise the rate and worsen the ELBO", study => (
            study[Free][kl] > study[Plain][kl] + 1 && study[Free][elbo] > study[Plain][elbo],
            $"KL {study[Free].Format(kl)}, −ELBO {study[Free].Format(elbo)} against {study[Plain].Format(elbo)}"));
});
