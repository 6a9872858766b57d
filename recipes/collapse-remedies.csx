#!/usr/bin/env dotnet-script
// Every remedy against posterior collapse on the same sentences and seeds: what each makes the code tell (KL, mutual information, active
// units), what that costs in likelihood (importance-weighted, against an LSTM language model of the same size), and in time.
//
//   textvae run recipes/collapse-remedies.csx
//   textvae run recipes/collapse-remedies.csx -p seeds=5
#load "prelude.csx"
using Research.TextVae.Diagnostics;
using Research.TextVae.Experiments;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Plots;
using Research.TextVae.Text;
using Research.TextVae.Training;

return Recipe.Run(Args, "collapse-remedies", "What helps against posterior collapse", recipe =>
{
    var data = recipe.Data("austen", new TextOptions
    {
        MaxTokens = recipe.Parameter("max-tokens", standard: 10, full: 40),
        MaxVocabulary = recipe.Parameter("vocabulary", standard: 1500, smoke: 500, full: 10_000),
        Test = recipe.Parameter("test", standard: 0.05),
        Validation = recipe.Parameter("validation", standard: 0.05),
        MaxTrainSentences = recipe.Parameter("sentences", standard: 0, smoke: 200),
        Seed = recipe.Seed,
    });
    var vocabulary = data.Tokenizer.Vocabulary.Count;
    var plain = new LstmVaeConfig
    {
        Embedding = recipe.Parameter("embedding", standard: 64, smoke: 16, full: 512),
        Hidden = recipe.Parameter("hidden", standard: 64, smoke: 16, full: 1024),
        Latent = recipe.Parameter("latent", standard: 16, full: 32),
        Dropout = recipe.Parameter("dropout", standard: 0.3),
    };
    var epochs = recipe.Parameter("epochs", standard: 6, smoke: 1, full: 40);
    var training = new TrainingOptions { Epochs = epochs, LearningRate = recipe.Parameter("learning-rate", standard: 3e-3, full: 1e-3) };
    var measures = new Measures
    {
        IwSamples = recipe.Parameter("iw-samples", standard: 100, smoke: 3, full: 500),
        IwSentences = recipe.Parameter("iw-sentences", standard: 200, smoke: 10, full: 0),
        BleuSentences = recipe.Parameter("bleu-sentences", standard: 100, smoke: 10),
    };
    var nats = recipe.Parameter("free-nats", standard: 4.0, full: 8.0);
    var perDimension = new FreeBits { Nats = nats / plain.Latent };
    var warmUp = new LinearKl { From = 0.1, Epochs = 0.5 * epochs };

    var preTraining = recipe.Parameter("pre-training-epochs", standard: 3, smoke: 1, full: 10);
    void Member(Study study, string name, Action<StudyMember> code) => study.Member(name, code);
    void Vae(Study study, string name, LstmVaeConfig? model = null, ElboObjective? objective = null, TrainingOptions? options = null) => study.Member(name, member =>
    {
        using var vae = member.Build(() => (model ?? plain).Build(vocabulary));
        var trained = member.Train(new VaeTask(vae, data, objective ?? new ElboObjective(), options ?? training, member.Seed), options ?? training);
        member.Measure(vae, data.Test, measures, trained);
    });

    var study = recipe.Study()
        .On(data)
        .About("One LSTM VAE with each remedy alone, beside the plain VAE, a smaller β, and the LSTM language model that a collapsed VAE is no better than.")
        .Column("KL").Column("MI", best: Best.Highest).Column("AU", "0.#", Best.Highest).Column("rec.").Column("−ELBO", best: Best.Lowest).Column("IW-NLL", best: Best.Lowest).Column("BLEU", "0.0", Best.Highest)
        .Seeds(recipe.Parameter("seeds", standard: 3, smoke: 1));

    study.Member("LSTM language model", member =>
    {
        var config = new RecurrentLmConfig { Embedding = plain.Embedding, Hidden = plain.Hidden, Dropout = plain.Dropout };
        using var model = member.Build(() => config.Build(vocabulary));
        member.Train(new LanguageModelTask(model, data, training, member.Seed), training);
        var sentences = measures.IwSentences == 0 ? data.Test : data.Test.Spread(measures.IwSentences);
        member.Record("IW-NLL", NllEvaluation.Of(model, sentences).Nll);
    });
    Vae(study, "plain VAE");
    Vae(study, "β = 0.25", objective: new ElboObjective { KlWeight = new ConstantKl(0.25) });
    Vae(study, "linear annealing", objective: new ElboObjective { KlWeight = warmUp });
    Vae(study, "cyclical annealing", objective: new ElboObjective { KlWeight = new CyclicalKl { Period = epochs / 3.0, Cycles = 3 } });
    Vae(study, "free bits, per dimension", objective: new ElboObjective { FreeBits = perDimension });
    Vae(study, "free bits, per sentence", objective: new ElboObjective { FreeBits = new FreeBits { Nats = nats, Form = FreeBitsForm.PerSentence } });
    Vae(study, "free bits, per dimension and sentence", objective: new ElboObjective { FreeBits = perDimension with { Form = FreeBitsForm.PerDimensionAndSentence } });
    Vae(study, "word dropout 0.5", plain with { WordDropout = 0.5 });
    Vae(study, "normalised means (BN-VAE)", plain with { MeanScale = recipe.Parameter("mean-scale", standard: 0.7) });
    Vae(study, "MMD (InfoVAE)", objective: new ElboObjective { KlWeight = new ConstantKl(0.1), Mmd = new MaximumMeanDiscrepancy { Weight = recipe.Parameter("mmd-weight", standard: 20.0) } });
    Vae(study, "max-pooled encoder", plain with { Pooling = Pooling.Max });
    Vae(study, "skip connection from z", plain with { LatentAtOutput = true });
    Vae(study, "denoising encoder", plain with { InputNoise = 0.3 });
    Vae(study, "aggressive encoder", options: training with { Aggressive = new AggressiveTraining { MaxSteps = recipe.Parameter("aggressive-steps", standard: 10, full: 100), CheckEvery = recipe.Parameter("aggressive-check", standard: 5, full: 15) } });
    Member(study, "pre-training + free bits", member =>
    {
        // An autoencoder first; then its encoder with a new decoder (Li et al. 2019).
        using var vae = member.Build(() => plain.Build(vocabulary));
        var first = training with { Epochs = preTraining };
        member.Train(new VaeTask(vae, data, new ElboObjective { KlWeight = new ConstantKl(0) }, first, member.Seed), first, "pre-training");
        using (var fresh = member.Build(() => plain.Build(vocabulary)))
            vae.ResetDecoder(fresh);
        var trained = member.Train(new VaeTask(vae, data, new ElboObjective { KlWeight = warmUp, FreeBits = perDimension }, training, member.Seed), training);
        member.Measure(vae, data.Test, measures, trained);
    });
    Vae(study, "annealing + free bits + max pooling", plain with { Pooling = Pooling.Max }, new ElboObjective { KlWeight = warmUp, FreeBits = perDimension });

    const string Baseline = "LSTM language model";
    bool Helps(StudyResults results, StudyRow row) =>
        row.Name != Baseline && row["AU"] >= 4 && row["MI"] >= 2 && row["IW-NLL"] <= 1.02 * results[Baseline]["IW-NLL"];
    return study
        .Report(report => report
            .Section("Rate and distortion", "**Rate** is KL, **distortion** is reconstruction; −ELBO is their sum. A collapsed model sits at rate 0.")
            .Figure("rate-distortion", RateDistortion.Scattered(report.Results.Rows.Where(row => row.Name != Baseline).Select(row => new RatePoint(row.Name, row["KL"], row["rec."]))), "Each point is one remedy, the mean over its seeds.")
            .Section("What the code tells, and what it costs")
            .Figure("information-likelihood", Figure.Of(report.Results.Rows.Where(row => row.Name != Baseline).Select(row => (Trace)Scatter.Of([row["MI"]], [row["IW-NLL"]], row.Name)))
                .X("mutual information I(x; z) (nats)").Y("IW-NLL (nats a sentence)").HLine(report.Results[Baseline]["IW-NLL"], "LSTM language model").Height(460),
                "Right is more in the code, down is better likelihood.")
            .Figure("kl-per-dimension", Figure.Of(report.Series("KL per dimension").Select(curve => Line.Of(curve.Series.X, curve.Series.Y, curve.Member))).X("dimension, most used first").Y("KL (nats)").Height(360), "How the rate is spread over the dimensions of z.")
            .Figure("mi-by-epoch", Figure.Of(report.Series("validation MI").Select(curve => Line.Of(curve.Series.X, curve.Series.Y, curve.Member))).X("epoch").Y("I(x; z) (nats)").YFromZero().Height(360), "During training, on the validation sentences."))
        .Shows("Remedies against posterior collapse", "000, 001, 002", results =>
            FormattableString.Invariant($"{results.Rows.Count(row => Helps(results, row))} of {results.Rows.Count - 2} with AU ≥ 4, MI ≥ 2 nats and IW-NLL within 2 % of the LSTM's"))
        .Expect("the plain VAE collapses: KL below 0.5 nats", results => results.AtMost("KL", "plain VAE", 0.5))
        .Expect("at least four remedies have AU ≥ 4, MI ≥ 2 nats and IW-NLL within 2 % of the LSTM language model's", results => results.Count(4, row => Helps(results, row)))
        .Expect("free bits raise the rate and worsen the ELBO", results => (
            results["free bits, per dimension"]["KL"] > results["plain VAE"]["KL"] + 1 && results["free bits, per dimension"]["−ELBO"] > results["plain VAE"]["−ELBO"],
            FormattableString.Invariant($"KL {results["free bits, per dimension"]["KL"]:0.00}, −ELBO {results["free bits, per dimension"]["−ELBO"]:0.00} against {results["plain VAE"]["−ELBO"]:0.00}")));
});
