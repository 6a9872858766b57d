#!/usr/bin/env dotnet-script
// Three pictures of one model: an autoencoder (β = 0), which gives most sentences back word for word; a VAE whose code is alive but keeps
// the gist alone; and a VAE that has collapsed. Words are bound to their places in the sentence by products, without which an LSTM needs
// far more data before it autoencodes (-p latent-positions=0). And how the reconstruction depends on the number of training sentences and
// on the width of the code.
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
    var (bleu, kl, exact) = (Metric.ReconstructionBleu, Metric.Kl, new Metric("word for word", "0.0%", Best.Highest));
    var different = new Metric("different samples", "0.0%");
    var (sentences, width) = (new Metric("training sentences", "#,0"), new Metric("width of z", "0"));
    int[] sizes = [.. new[] { 8, 2, 1 }.Select(part => data.Train.Count / part)];
    int[] widths = [config.LatentSize / 8, config.LatentSize / 2, config.LatentSize];
    string Size(int count) => $"{Of} {count:#,0} sentences";
    string Width(int size) => size == config.LatentSize ? Size(sizes[^1]) : $"{Of} width {size}";
    string[] Decode(IEnumerable<int[]> texts) => [.. texts.Select(ids => data.Tokenizer.Decode(ids))];
    double Share(IEnumerable<bool> hits) => hits.Average(hit => hit ? 1.0 : 0);

    Action<Variant> Train(double beta, bool shown = true) => variant =>
    {
        var schedule = beta == 0 ? KlSchedule.Constant(0) : (KlSchedule)KlSchedule.Linear(warmUp, to: beta);
        var model = variant.Train(config, data, new ElboObjective { KlWeight = schedule }, training);
        Measure(variant, model);
        Show(variant, model);
    };

    // Every training of the curve takes as many steps, half those of the three.
    Action<Variant> TrainPart(int count, int latent) => variant =>
    {
        var model = variant.Build(() => (config with { LatentSize = latent }).Build(data.Tokenizer.Vocabulary.Count));
        var options = training with { Epochs = Math.Max(1, training.Epochs * data.Train.Count / (2 * count)) };
        variant.Train(new VaeTask(model, data.Train.EvenlySpaced(count), data.Validation, new() { KlWeight = KlSchedule.Constant(0) }), options);
        Measure(variant, model);
        variant.Record((sentences, count), (width, latent));
    };

    void Measure(Variant variant, TextVaeModel model)
    {
        variant.Record(VaeMetrics.Evaluate(model, test, variant.Seed));
        var written = Reconstruction.Greedy(model, test);
        bool[] same = [.. written.Select((ids, i) => ids.SequenceEqual(test[i]))];
        variant.Record(bleu, Bleu.Corpus(written.Select((ids, i) => ((IReadOnlyList<int>)ids, (IReadOnlyList<int>)test[i]))));
        variant.Record(exact, Share(same));
        var lengths = Enumerable.Range(0, test.Count).GroupBy(i => test[i].Length).OrderBy(own => own.Key).ToArray();
        variant.Record("by length", lengths.Select(own => (double)own.Key), lengths.Select(own => Share(own.Select(i => same[i]))));
        var rows = Enumerable.Range(0, Math.Min(16, test.Count)).Select(i => test.Count * i / 16);
        variant.Record("Reconstructions", ["sentence", ""], rows.Select(i => new[] { test.Source(i).Text, Decode([written[i]])[0] }));
    }

    void Show(Variant variant, TextVaeModel model)
    {
        var greedy = GenerationOptions.Greedy with { MaxTokens = 20 };
        var texts = Decode(model.Generate(samples, greedy, variant.Seed));
        variant.Record(different, texts.Distinct().Count() / (double)samples);
        variant.Record("Samples", ["code", ""], texts.Take(8).Select((text, i) => new[] { $"{i + 1}", text }));
        var walks = LatentWalk.Between(model, test.EvenlySpaced(4), data.Tokenizer, steps: 7, greedy);
        variant.Record("Interpolations", ["step", ""], walks.SelectMany(walk => walk.Texts.Select((text, i) => new[] { $"{i}", text })));
    }

    var study = recipe.Study()
        .On(data)
        .About($"Sentences of at most {data.Options.MaxTokens} tokens from Austen, the Bible and WordNet. **BLEU** and **word for word** are of "
            + "the greedy reconstructions of held-out sentences that have no unknown word, **different samples** of texts that are decoded "
            + "greedily from codes of the prior: where they are all the same, the code says nothing.")
        .Columns(Metric.Reconstruction, kl, Metric.MutualInformation, Metric.ActiveUnits, bleu, exact, different, sentences, width)
        .Variant(Autoencoder, Train(0))
        .Variant(Alive, Train(weight))
        .Variant(Collapsed, Train(1));
    foreach (var count in sizes)
        study = study.Variant(Size(count), TrainPart(count, config.LatentSize));
    foreach (var latent in widths.SkipLast(1))
        study = study.Variant(Width(latent), TrainPart(data.Train.Count, latent));
    string[] three = [Autoencoder, Alive, Collapsed];
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
            study[Alive][kl] < study[Autoencoder][kl] / 10 && study[Alive][Metric.MutualInformation] >= 2,
            $"KL {study[Alive].Format(kl)} and {study[Autoencoder].Format(kl)}, MI {study[Alive].Format(Metric.MutualInformation)}"))
        .Expect("its reconstructions lie between", study => study.Falls(bleu, three))
        .Expect("with the full weight the code collapses: KL below 0.5 nats", study => study.AtMost(kl, Collapsed, 0.5))
        .Expect("its samples differ; those of the collapsed VAE are one sentence", study => (
            study[Alive][different] > 0.5 && study[Collapsed][different] * samples < 2,
            $"{study[Alive].Format(different)} and {study[Collapsed].Format(different)}"))
        .Expect("the reconstruction gets better with more sentences", study => study.Falls(bleu, sizes.Reverse().Select(Size)))
        .Expect("and with a wider code", study => study.Falls(bleu, widths.Reverse().Select(Width)));
});
