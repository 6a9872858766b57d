#!/usr/bin/env dotnet-script
// Three pictures of one model: an autoencoder (β = 0), a VAE whose code is alive, and a VAE that has collapsed; and how the reconstruction
// depends on the number of training sentences and on the width of the code. Words are bound to their places in the sentence by products,
// without which an LSTM needs far more data before it autoencodes (-p latent-positions=0).
//
//   textvae run recipes/autoencoding.csx
#load "prelude.csx"

return Recipe.Run(Args, "autoencoding", "Autoencoder, VAE and collapse", recipe =>
{
    var config = recipe.Configure(
        new LstmVaeConfig
        {
            EmbeddingSize = 256, HiddenSize = 256, LatentSize = 256, Dropout = 0, ShareEmbeddings = true, TieOutput = true,
            LatentAtEveryStep = false, LatentPositions = 12,
        },
        smoke: config => config with { EmbeddingSize = 16, HiddenSize = 16, LatentSize = 16 },
        full: config => config with { EmbeddingSize = 512, HiddenSize = 512, LatentSize = 512 });
    var training = recipe.Configure(
        new TrainingOptions { Epochs = 2, BatchSize = 128, LearningRate = 3e-3, Precision = TensorEngine.FastestPrecision },
        smoke: options => options with { Epochs = 1 }, full: options => options with { Epochs = 10 });
    var (weight, warmUp) = (recipe.Parameter("beta", standard: 0.3), recipe.Parameter("warm-up", standard: 1.0));
    var (tests, samples) = (recipe.Parameter("test-sentences", 600, smoke: 20, full: 2000), recipe.Parameter("samples", 100, smoke: 8));
    var data = recipe.Data(
        "austen,bible-english,wordnet-examples,wordnet",
        new TextOptions { MaxTokens = 12, MaxVocabulary = 6000, MaxTrainSentences = 60_000, Validation = 0.005, Test = 0.01 },
        smoke: options => options with { MaxVocabulary = 500, MaxTrainSentences = 400 },
        full: options => options with { MaxVocabulary = 20_000, MaxTrainSentences = 0 });
    // An unknown word would count as reconstructed when it is not.
    var known = data.Test.Subset([.. Enumerable.Range(0, data.Test.Count).Where(i => !data.Test[i].Contains(Vocabulary.UnkId))]);
    var test = known.EvenlySpaced(tests);

    const string Autoencoder = "autoencoder, β = 0", Alive = "VAE, code alive", Collapsed = "VAE, collapsed", Of = "autoencoder of";
    var (bleu, exact, kl, mi) = (Metric.ReconstructionBleu, RecordedReconstructions.WordForWord, Metric.Kl, Metric.MutualInformation);
    var different = RecordedReconstructions.DifferentSamples;
    var (sentences, width) = (new Metric("training sentences", "#,0"), new Metric("width of z", "0"));
    int[] sizes = [.. new[] { 8, 2, 1 }.Select(part => data.Train.Count / part)];
    int[] widths = [config.LatentSize / 8, config.LatentSize / 2, config.LatentSize];
    string[] three = [Autoencoder, Alive, Collapsed];
    string Size(int count) => $"{Of} {count:#,0} sentences";
    string Width(int size) => size == config.LatentSize ? Size(sizes[^1]) : $"{Of} width {size}";
    ElboObjective Weighted(double beta) =>
        new() { KlWeight = beta == 0 ? KlSchedule.Constant(0) : KlSchedule.Linear(warmUp, to: beta) };

    void Train(Variant variant, double beta)
    {
        var model = variant.Train(config, data, Weighted(beta), training);
        variant.Record(VaeMetrics.Evaluate(model, test, variant.Seed));
        variant.RecordReconstructions(model, test, data.Tokenizer);
        variant.RecordSamples(model, test, data.Tokenizer, samples);
    }

    // Every training of the curves takes as many steps, half those of the three.
    void TrainPart(Variant variant, int count, int latent)
    {
        var model = variant.Build(() => (config with { LatentSize = latent }).Build(data.Tokenizer.Vocabulary.Count));
        var options = training with { Epochs = Math.Max(1, training.Epochs * data.Train.Count / (2 * count)) };
        variant.Train(new VaeTask(model, data.Train.EvenlySpaced(count), data.Validation, Weighted(0)), options);
        variant.RecordReconstructions(model, test, data.Tokenizer);
        variant.Record((sentences, count), (width, latent));
    }

    var study = recipe.Study()
        .On(data)
        .About("Short sentences from Austen, the Bible and WordNet. **BLEU** and **word for word** are of the greedy reconstructions of "
            + "held-out sentences without unknown words, **different samples** of texts decoded greedily from codes of the prior.")
        .Columns(Metric.Reconstruction, kl, mi, Metric.ActiveUnits, bleu, exact, different, sentences, width)
        .Variant(Autoencoder, variant => Train(variant, 0))
        .Variant(Alive, variant => Train(variant, weight))
        .Variant(Collapsed, variant => Train(variant, 1));
    foreach (var count in sizes)
        study = study.Variant(Size(count), variant => TrainPart(variant, count, config.LatentSize));
    foreach (var latent in widths.SkipLast(1))
        study = study.Variant(Width(latent), variant => TrainPart(variant, data.Train.Count, latent));
    return study
        .Report(report => report
            .Section("The three beside each other").TextsBeside("Reconstructions").TextsBeside("Samples").TextsBeside("Interpolations")
            .Section("How much comes back")
            .Figure("by-length", Figure.Of(report.Series("by length").Where(curve => three.Contains(curve.Variant))
                .Select(curve => Line.Of(curve.Series.X, curve.Series.Y, curve.Variant, markers: true)))
                .X("tokens of the sentence").Y("share given back word for word").YFromZero().Height(360), "Held-out sentences by length.")
            .Figure("data-and-width", Figure.Grid(2,
                report.Against(sentences, bleu, [("as many steps", [.. sizes.Select(Size)])], "BLEU").LogX().YFromZero(),
                report.Against(width, bleu, [("as many steps", [.. widths.Select(Width)])], "BLEU").LogX().YFromZero()).Height(380),
                "Reconstruction by the number of training sentences and by the width of z; every training takes as many steps, half those "
                + "of the three above."))
        .Headline("LSTM autoencoder, VAE and collapse", "000, 001", study =>
            $"BLEU of held-out reconstructions {study[Autoencoder].Format(bleu)} ({study[Autoencoder].Format(exact)} word for word), VAE "
            + $"{study[Alive].Format(bleu)} at {study[Alive].Format(kl)} nats, collapsed {study[Collapsed].Format(bleu)}")
        .Expect("the autoencoder gives held-out sentences back: BLEU at least 60", study => study.AtLeast(bleu, Autoencoder, 60))
        .Expect("the living code costs a tenth of the autoencoder's KL, and keeps at least 2 nats", study => (
            study[Alive][kl] < study[Autoencoder][kl] / 10 && study[Alive][mi] >= 2,
            $"KL {study[Alive].Format(kl)} and {study[Autoencoder].Format(kl)}, MI {study[Alive].Format(mi)}"))
        .Expect("its reconstructions lie between", study => study.Falls(bleu, three))
        .Expect("with the full weight the code collapses: KL below 0.5 nats", study => study.AtMost(kl, Collapsed, 0.5))
        .Expect("its samples differ; those of the collapsed VAE are one sentence", study => (
            study[Alive][different] > 0.5 && study[Collapsed][different] * samples < 2,
            $"{study[Alive].Format(different)} and {study[Collapsed].Format(different)}"))
        .Expect("more sentences reconstruct better", study => study.Falls(bleu, sizes.Reverse().Select(Size)))
        .Expect("and so does a wider code", study => study.Falls(bleu, widths.Reverse().Select(Width)));
});
