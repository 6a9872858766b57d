#!/usr/bin/env dotnet-script
// Is collapse a lag of the encoder (He et al. 2019, section 3)? The means of a model's own posterior p(z|x) and of its encoder's q(z|x),
// sentence by sentence, while a VAE with a one-dimensional latent code trains as usual, with an encoder that is updated until it has
// caught up, and with one that learns faster by itself. On the diagonal the encoder is right; on a horizontal line it has not followed.
// And a limit of the cure: a decoder that sees every word learns to read the code off the words before, and gives up using it.
//
//   textvae run recipes/lagging.csx
#load "prelude.csx"

return Recipe.Run(Args, "lagging", "Collapse as a lag of the encoder", recipe =>
{
    var sentences = recipe.Parameter("sentences", standard: 8000, smoke: 96, full: 16_000);
    var words = recipe.Parameter("words", standard: 100, smoke: 20, full: 1000);
    var length = recipe.Parameter("length", standard: 12, smoke: 4, full: 10);
    var contrast = recipe.Parameter("contrast", standard: 0.8);
    var held = recipe.Parameter("held-out", standard: 1000, smoke: 32, full: 2000);
    var shown = recipe.Parameter("shown", standard: 240, smoke: 16, full: 500);
    var points = recipe.Parameter("grid", standard: 81, smoke: 11);
    var seeds = recipe.Parameter("seeds", standard: 1);
    var config = recipe.Configure(
        new LstmVaeConfig { EmbeddingSize = 50, HiddenSize = 50, LatentSize = 1, WordDropout = 0.8, Pooling = Pooling.Mean },
        smoke: config => config with { EmbeddingSize = 8, HiddenSize = 8 });
    var training = recipe.Configure(
        new TrainingOptions { Epochs = 8, Optimizer = OptimizerKind.Sgd, LearningRate = 0.5, EarlyStoppingPatience = int.MaxValue },
        smoke: options => options with { Epochs = 1 }, full: options => options with { Epochs = 50, BatchSize = 16 });
    var catchUp = recipe.Configure(new AggressiveTraining { MaxSteps = 40, CheckEvery = 10 }, prefix: "aggressive",
        smoke: options => options with { MaxSteps = 4, CheckEvery = 2 },
        full: options => options with { MaxSteps = 100, CheckEvery = 15 });

    const string Source = "the source", Usual = "as usual", Aggressive = "aggressive", Quick = "quicker encoder";
    const string Seeing = "aggressive, every word seen";
    var (kl, mi) = (Metric.Kl, Metric.MutualInformation);
    var (highest, nll, trained) = (new Metric("highest MI"), new Metric("NLL"), new Metric("−ELBO as trained"));
    var (modelSpread, encoderSpread) = (RecordedLag.ModelSpread, RecordedLag.EncoderSpread);
    string[] clusters = [.. Enumerable.Range(0, shown).Select(ClusteredCodes.Cluster)];

    LstmOracle Oracle(Variant variant) => new(variant.Seed, words, length, contrast: contrast);
    void Train(Variant variant, LstmVaeConfig config, AggressiveTraining? aggressive = null, Action<LstmVae>? prepare = null)
    {
        var oracle = Oracle(variant);
        var model = variant.Build(() => config.Build(oracle.Vocabulary));
        prepare?.Invoke(model);
        Follow(variant, model, oracle, training with { Aggressive = aggressive });
        Evaluate(variant, model, oracle.SampleClustered(held, variant.Seed + 5));
    }

    void Follow(Variant variant, LstmVae model, LstmOracle oracle, TrainingOptions options)
    {
        var (train, validation) = (oracle.SampleClustered(sentences, variant.Seed + 1), oracle.SampleClustered(held, variant.Seed + 3));
        var lag = new PosteriorLag(model, validation.Subset([.. Enumerable.Range(0, shown)]), points);
        lag.Take(0);
        variant.Train(new VaeTask(model, train, validation, new ElboObjective()), options, stepped: lag.Stepped);
        variant.Record(lag, clusters);
    }

    void Evaluate(Variant variant, LstmVae model, EncodedSentences test)
    {
        variant.Record(VaeMetrics.Evaluate(model, test, variant.Seed));
        variant.Record(nll, QuadraturePosterior.Evaluate(model, test, points).Nll.Average());
        variant.Record((trained, TrainingElbo.Evaluate(model, test, variant.Seed)), (highest, variant.Curve("validation MI").Y.Max()));
    }

    void LearnFaster(LstmVae model) => torch.nn.init.uniform_(model.get_parameter("encoder_embedding.weight")!, -1, 1);

    return recipe.Study()
        .On("synthetic: sentences of an LSTM oracle, their codes in four clusters")
        .About("One VAE with a one-dimensional latent code trained on the same sentences. Only how fast the encoder learns differs; in "
            + "the last training also what the decoder sees.")
        .Columns(kl, mi, highest, Metric.NegativeElbo, nll, trained)
        .Seeds(seeds)
        .Variant(Source, variant =>
        {
            var (entropy, information) = Oracle(variant).EstimateClustered(shown, variant.Seed + 5);
            variant.Record((nll, entropy), (mi, information));
        })
        .Variant(Usual, variant => Train(variant, config))
        .Variant(Aggressive, variant => Train(variant, config, catchUp))
        .Variant(Quick, variant => Train(variant, config, prepare: LearnFaster))
        .Variant(Seeing, variant => Train(variant, config with { WordDropout = 0 }, catchUp))
        .Report(report =>
        {
            StudyRow[] rows = [.. report.Results.Rows.Where(row => row.Name != Source)];
            report
                .Section("Posterior means", "A point is a validation sentence. Across: the mean of p(z|x), what decoder and prior make of "
                    + "the sentence, by quadrature. Up: the mean of q(z|x), what the encoder says. On the dotted diagonal the encoder is "
                    + "right. On a horizontal line the decoder reacts to the code, and the encoder says the same of every sentence. At "
                    + "the origin the code carries nothing: the posterior has collapsed.")
                .Figure("means", RecordedLag.PosteriorFrames(rows),
                    "The trainings side by side, at the end. Press ▶ to see them from the start.");
            // A code that was never used would be a dot on the scale of the others.
            foreach (var row in rows)
                report.PosteriorPanels(row, enlarged: row[highest] < 0.1);
            report
                .Section("The lag", "Standard deviation of the posterior means over the sentences. As usual, the encoder's stays far below "
                    + "the model's: the decoder learns to do without the code before the encoder has found it.")
                .Figure("spreads", RecordedLag.PosteriorSpreads(rows), "Standard deviations on a logarithmic scale.")
                .Section("What the code is worth", "MI: what the code carries about the sentence. −ELBO: the decoder sees every word; as "
                    + "trained: some of them are hidden from it, as they were in training. NLL: −log p(x) by quadrature; for the source, "
                    + "its true value.")
                .Figure("mi", report.Curves("validation MI", y: "I(x; z) in nats", markers: true).YFromZero(), "Mutual information on "
                    + "the validation sentences. A decoder that sees every word gives the code up again, in part or whole: it learns to "
                    + "read it off the words before, and what the code carries is no longer worth its cost, the KL.");
        })
        .Headline("Lagging inference networks, aggressive training", "000, 001", study =>
            $"MI {study[Usual].Format(mi)} nats as usual, {study[Aggressive].Format(mi)} aggressive, {study[Quick].Format(mi)} with a "
            + $"quicker encoder; aggressive with every word seen {study[Seeing].Format(highest)}, in the end {study[Seeing].Format(mi)}")
        .Expect("as usual, the posterior collapses: KL below 0.1 nats", study => study.AtMost(kl, Usual, 0.1))
        .Expect("as usual, the encoder lags: in the first epoch its means spread less than a fifth of the model's", study => (
            study[Usual][encoderSpread] < study[Usual][modelSpread] / 5,
            $"{study[Usual].Format(encoderSpread)} and {study[Usual].Format(modelSpread)}"))
        .Expect("trained aggressively, it says what the model's posterior says: correlation of their means at least 0.9 after the first "
            + "epoch", study => study.AtLeast(RecordedLag.Correlation, Aggressive, 0.9))
        .Expect("aggressive training keeps at least 0.5 nats in the code", study => study.AtLeast(mi, Aggressive, 0.5))
        .Expect("and is better by 0.5 nats in the loss they are trained by", study => study.Less(trained, Aggressive, Usual, margin: 0.5))
        .Expect("a quicker encoder keeps at least 0.5 nats without it", study => study.AtLeast(mi, Quick, 0.5))
        .Expect("where the decoder sees every word, the code ends with at least 0.5 nats less", study =>
            study.Less(mi, Seeing, Aggressive, margin: 0.5));
});
