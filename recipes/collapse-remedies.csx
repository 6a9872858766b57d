#!/usr/bin/env dotnet-script
// Every remedy against posterior collapse on the same sentences and seeds: what each makes the code tell (KL, mutual information, active
// units), what that costs in likelihood (importance-weighted, against an LSTM language model of the same size), and in time.
//
// The settings of each remedy were chosen by the validation sentences (-p split=validation); the test sentences are for the table.
//
//   textvae run recipes/collapse-remedies.csx
//   textvae run recipes/collapse-remedies.csx -p seeds=5
//   textvae run recipes/collapse-remedies.csx -p split=validation -p seeds=1 -p free-nats=3
#load "prelude.csx"

return Recipe.Run(Args, "collapse-remedies", "What helps against posterior collapse", recipe =>
{
    var split = recipe.Parameter("split", "test");
    var plain = new LstmVaeConfig
    {
        EmbeddingSize = recipe.Parameter("embedding", standard: 96, smoke: 16, full: 512),
        HiddenSize = recipe.Parameter("hidden", standard: 96, smoke: 16, full: 1024),
        LatentSize = recipe.Parameter("latent", standard: 8, full: 32),
        Dropout = recipe.Parameter("dropout", standard: 0.2, full: 0.5),
    };
    var epochs = recipe.Parameter("epochs", standard: 5, smoke: 1, full: 40);
    var training = new TrainingOptions
    {
        Epochs = epochs,
        BatchSize = recipe.Parameter("batch-size", standard: 64, full: 32),
        LearningRate = recipe.Parameter("learning-rate", standard: 8e-3, full: 1e-3),
        Precision = TensorEngine.FastestPrecision,
        // An annealed weight worsens −ELBO before it betters it: that must not end the training.
        EarlyStoppingPatience = epochs,
    };
    // With pre-training or a warm-up beside them less will do.
    var helped = new FreeBits { Nats = recipe.Parameter("free-nats-helped", standard: 4.0, full: 8.0) / plain.LatentSize };
    var perDimension = new FreeBits { Nats = recipe.Parameter("free-nats", standard: 5.0, full: 8.0) / plain.LatentSize };
    var perSentence = new FreeBits { Nats = recipe.Parameter("free-nats-sentence", standard: 4.0, full: 8.0), Form = FreeBitsForm.PerSentence };
    var beta = recipe.Parameter("beta", standard: 0.2);
    var meanScale = recipe.Parameter("mean-scale", standard: 1.0);
    var mmd = new MaximumMeanDiscrepancy { Weight = recipe.Parameter("mmd-weight", standard: 3.0) };
    var mmdBeta = recipe.Parameter("mmd-beta", standard: 0.2);
    var wordDropout = recipe.Parameter("word-dropout", standard: 0.5);
    var inputNoise = recipe.Parameter("input-noise", standard: 0.3);
    var aggressive = new AggressiveTraining
    {
        MaxSteps = recipe.Parameter("aggressive-steps", standard: 4, smoke: 2, full: 100),
        CheckEvery = recipe.Parameter("aggressive-check", standard: 2, smoke: 1, full: 15),
    };
    var first = training with { Epochs = recipe.Parameter("pre-training-epochs", standard: 3, smoke: 1, full: 10) };

    var iwSamples = recipe.Parameter("iw-samples", standard: 300, smoke: 3, full: 500);
    var seedsCount = recipe.Parameter("seeds", standard: 3, smoke: 1);
    var data = recipe.Data("austen", new TextOptions
    {
        MaxTokens = recipe.Parameter("max-tokens", standard: 10, full: 40),
        MaxVocabulary = recipe.Parameter("vocabulary", standard: 1500, smoke: 500, full: 10_000),
        Test = recipe.Parameter("test", standard: 0.05),
        Validation = recipe.Parameter("validation", standard: 0.05),
        MaxTrainSentences = recipe.Parameter("sentences", standard: 0, smoke: 200),
    });
    var sentences = split switch
    {
        "test" => data.Test,
        "validation" => data.Validation,
        _ => throw new UserException($"-p split={split}: the sentences to measure on are those of test or validation."),
    };
    var vocabulary = data.Tokenizer.Vocabulary.Count;
    // The same sentences for every column, so that IW-NLL can be held against −ELBO.
    var measures = new EvaluationOptions { IwSamples = iwSamples, BleuSentences = 1 };
    var warmUp = new LinearKl { From = 0.1, Epochs = 0.5 * epochs };
    const string Baseline = "LSTM language model";
    var study = recipe.Study()
        .On(data)
        .About("One LSTM VAE with each remedy alone, beside the plain VAE, a smaller β, and the LSTM language model that a collapsed VAE is no better than.")
        .Column("KL").Column("MI", best: Best.Highest).Column("AU", "0.#", Best.Highest).Column("rec.").Column("−ELBO", best: Best.Lowest).Column("IW-NLL", best: Best.Lowest)
        .Seeds(seedsCount)
        .Variant(Baseline, member =>
        {
            var config = new RecurrentLmConfig { EmbeddingSize = plain.EmbeddingSize, HiddenSize = plain.HiddenSize, Dropout = plain.Dropout };
            var model = member.Build(() => config.Build(vocabulary));
            member.Train(new LanguageModelTask(model, data), training);
            // Exact: no bound is needed without a code.
            member.Record("IW-NLL", Likelihood.Evaluate(model, sentences).Nll);
        });
    void Vae(string name, LstmVaeConfig? model = null, ElboObjective? objective = null, TrainingOptions? options = null) => study.Variant(name, member =>
    {
        var vae = member.Build(() => (model ?? plain).Build(vocabulary));
        var trained = member.Train(new VaeTask(vae, data, objective ?? new ElboObjective()), options ?? training);
        member.Evaluate(vae, sentences, measures);
    });

    Vae("plain VAE");
    Vae(FormattableString.Invariant($"β = {beta}"), objective: new ElboObjective { KlWeight = KlSchedule.Constant(beta) });
    Vae("linear annealing", objective: new ElboObjective { KlWeight = warmUp });
    Vae("cyclical annealing", objective: new ElboObjective { KlWeight = new CyclicalKl { Period = epochs / 3.0, Cycles = 3 } });
    Vae("free bits, per dimension", objective: new ElboObjective { FreeBits = perDimension });
    Vae("free bits, per sentence", objective: new ElboObjective { FreeBits = perSentence });
    Vae("free bits, per dimension and sentence", objective: new ElboObjective { FreeBits = perDimension with { Form = FreeBitsForm.PerDimensionAndSentence } });
    Vae("word dropout", plain with { WordDropout = wordDropout });
    Vae("normalised means (BN-VAE)", plain with { PosteriorBatchNormScale = meanScale });
    Vae("MMD (InfoVAE)", objective: new ElboObjective { KlWeight = KlSchedule.Constant(mmdBeta), Mmd = mmd });
    Vae("max-pooled encoder", plain with { Pooling = Pooling.Max });
    Vae("skip connection from z", plain with { LatentAtOutput = true });
    Vae("denoising encoder", plain with { EncoderWordDropout = inputNoise });
    Vae("aggressive encoder", options: training with { Aggressive = aggressive });
    study.Variant("pre-training + free bits", member =>
    {
        // An autoencoder first; then its encoder with a new decoder (Li et al. 2019).
        var vae = member.Build(() => plain.Build(vocabulary));
        member.Train(new VaeTask(vae, data, new ElboObjective { KlWeight = KlSchedule.Constant(0) }), first, "pre-training");
        using (var fresh = member.Build(() => plain.Build(vocabulary)))
            vae.ResetDecoder(fresh);
        var trained = member.Train(new VaeTask(vae, data, new ElboObjective { KlWeight = warmUp, FreeBits = helped }), training);
        member.Evaluate(vae, sentences, measures);
    });
    Vae("annealing + free bits + max pooling", plain with { Pooling = Pooling.Max }, new ElboObjective { KlWeight = warmUp, FreeBits = helped });

    bool Helps(StudyResults results, StudyRow row) =>
        row.Name != Baseline && row["AU"] >= 4 && row["MI"] >= 2 && row["IW-NLL"] <= 1.02 * results[Baseline]["IW-NLL"];
    // A point a seed, faint, and the mean over seeds, by what became of the code.
    Figure Against(StudyResults results, string column, string title)
    {
        var groups = results.Rows.Where(row => row.Name != Baseline).GroupBy(row => Helps(results, row) ? "AU ≥ 4, MI ≥ 2, IW-NLL within 2 %" : row["KL"] < 0.5 ? "collapsed" : "in between").OrderBy(group => group.Key, StringComparer.Ordinal);
        var figure = Figure.Of(groups.SelectMany(group => new Trace[]
        {
            Scatter.Of(group.Select(row => row["KL"]), group.Select(row => row[column]), group.Key, hover: [.. group.Select(row => row.Name)]),
            Scatter.Of(group.SelectMany(row => row.Results).Select(result => result.Values["KL"]), group.SelectMany(row => row.Results).Select(result => result.Values[column]), group.Key) with { Size = 4, Opacity = 0.45 },
        })).X("rate: KL (nats)").Y(title);
        return column == "IW-NLL" ? figure.HLine(results[Baseline]["IW-NLL"], "LSTM language model") : figure;
    }

    return study
        .Report(report => report
            .Section("Rate and distortion", "**Rate** is KL, **distortion** is reconstruction; −ELBO is their sum. A collapsed model sits at rate 0.")
            .Figure("rate-distortion", Figure.Of(report.Results.Rows.Where(row => row.Name != Baseline).GroupBy(row => row["KL"] < 0.5 ? "collapsed" : row.Name).Select(group =>
                    (Trace)Scatter.Of(group.Select(row => row["KL"]), group.Select(row => row["rec."]), group.Key, hover: [.. group.Select(row => row.Name)])))
                .X("rate: KL (nats a sentence)").Y("distortion: reconstruction (nats a sentence)").Height(460), "Each point is one remedy, the mean over its seeds.")
            .Section("What the rate buys, and what it costs")
            .Figure("by-rate", Figure.Grid(2,
                Against(report.Results, "rec.", "distortion (nats)"), Against(report.Results, "MI", "I(x; z) (nats)"), Against(report.Results, "AU", "active units"),
                Against(report.Results, "IW-NLL", "IW-NLL (nats a sentence)"), Against(report.Results, "−ELBO", "−ELBO (nats a sentence)"), Against(report.Results, "s", "seconds")).Height(980),
                "A remedy's mean over seeds, and faintly each seed.")
            .Figure("kl-per-dimension", Figure.Of(report.Series("KL per dimension").Select(curve => Line.Of(curve.Series.X, curve.Series.Y, curve.Variant))).X("dimension, most used first").Y("KL (nats)").Height(460), "How the rate is spread over the dimensions of z; first seed.")
            .Figure("mi-by-epoch", Figure.Of(report.Series("validation MI").Select(curve => Line.Of(curve.Series.X, curve.Series.Y, curve.Variant))).X("epoch").Y("I(x; z) (nats)").YFromZero().Height(460), "During training, on the validation sentences; first seed."))
        .Headline("Remedies against posterior collapse", "000, 001, 002", results =>
            FormattableString.Invariant($"{results.Rows.Count(row => Helps(results, row))} of {results.Rows.Count - 2} with AU ≥ 4, MI ≥ 2 nats and IW-NLL within 2 % of the LSTM's"))
        .Expect("the plain VAE collapses: KL below 0.5 nats", results => results.AtMost("KL", "plain VAE", 0.5))
        .Expect("at least four remedies have AU ≥ 4, MI ≥ 2 nats and IW-NLL within 2 % of the LSTM language model's", results => results.Count(4, row => Helps(results, row)))
        .Expect("free bits raise the rate and worsen the ELBO", results => (
            results["free bits, per dimension"]["KL"] > results["plain VAE"]["KL"] + 1 && results["free bits, per dimension"]["−ELBO"] > results["plain VAE"]["−ELBO"],
            FormattableString.Invariant($"KL {results["free bits, per dimension"]["KL"]:0.00}, −ELBO {results["free bits, per dimension"]["−ELBO"]:0.00} against {results["plain VAE"]["−ELBO"]:0.00}")));
});
