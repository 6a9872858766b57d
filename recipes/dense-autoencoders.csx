#!/usr/bin/env dotnet-script
// Dense autoencoders and VAEs, of pictures of characters (10 × 10 pixels) and of bags of words: what is lost on the way through the code,
// with principal components and unigrams beside, and what decoding a random code gives.
//
//   textvae run recipes/dense-autoencoders.csx
#load "prelude.csx"
using static TorchSharp.torch;

return Recipe.Run(Args, "dense-autoencoders", "Through a narrow code and back", recipe =>
{
    var code = recipe.Parameter("code", standard: 32);
    var glyphCount = recipe.Parameter("glyphs", standard: 5000, smoke: 200, full: 50_000);
    var epochs = recipe.Parameter("epochs", standard: 40, smoke: 1, full: 200);
    var deviation = recipe.Parameter("deviation", standard: 0.1);
    var compared = recipe.Parameter("compared", standard: 500, smoke: 20);
    var bagEpochs = recipe.Parameter("bag-epochs", standard: 25, smoke: 1, full: 50);
    var bagRate = recipe.Parameter("bag-learning-rate", standard: 3e-3);
    var bagHidden = recipe.Parameter("bag-hidden", standard: 100);
    var bagLatent = recipe.Parameter("bag-latent", standard: 20);
    var together = recipe.Parameter("sentences-a-document", standard: 16);
    var frequent = recipe.Parameter("frequent-words-left-out", standard: 100);

    // Letters and digits of alphabets and syllabaries. Many look alike (A of Latin, Greek and Cyrillic), so each picture is taken once
    // before they are divided.
    var glyphs = new Lazy<(Tensor Train, Tensor Validation, Tensor Test)>(() =>
    {
        var all = GlyphBitmaps.Load(rune => rune.Value < 0x2E80 && System.Text.Rune.IsLetterOrDigit(rune));
        var pictures = all.Pixels.Chunk(GlyphBitmaps.Side * GlyphBitmaps.Side).DistinctBy(picture => string.Join(',', picture)).ToArray();
        new StableRandom(recipe.Seed).Shuffle<float[]>(pictures);
        var taken = Math.Min(glyphCount, pictures.Length);
        Tensor Part(double from, double to) => tensor(pictures[(int)(from * taken)..(int)(to * taken)].SelectMany(picture => picture).ToArray()).view(-1, 100).DetachFromDisposeScope();
        return (Part(0, 0.8), Part(0.8, 0.9), Part(0.9, 1));
    });

    // Documents: consecutive sentences of a chapter, without the most frequent words, which say nothing of the topic.
    var data = recipe.Data("austen", new TextOptions
    {
        MaxTokens = 60,
        MaxVocabulary = recipe.Parameter("vocabulary", standard: 4000, smoke: 500, full: 10_000),
        MaxTrainSentences = recipe.Parameter("sentences", standard: 0, smoke: 600),
    });
    var vocabulary = data.Tokenizer.Vocabulary.Count;
    int[][] Documents(EncodedSentences sentences) =>
    [
        .. Enumerable.Range(0, sentences.Count).GroupBy(i => sentences.Source(i).Document).SelectMany(chapter => chapter.Chunk(together))
            .Select(part => part.SelectMany(i => sentences[i]).Where(id => id >= Vocabulary.Markers.Count + frequent).ToArray())
            .Where(document => document.Length > 0),
    ];
    var documents = new Lazy<(int[][] Train, int[][] Validation, int[][] Test)>(() => (Documents(data.Train), Documents(data.Validation), Documents(data.Test)));

    // What is known of each word by itself: its log share of all words, one more of each so that none is impossible, and the share of
    // documents it is in. The models of bags start from there, and learn what words do together.
    var unigrams = new Lazy<(double[] LogFrequency, double[] Presence)>(() =>
    {
        var train = documents.Value.Train;
        var (counts, presence) = (new double[vocabulary], new double[vocabulary]);
        foreach (var word in train.SelectMany(document => document))
            counts[word]++;
        foreach (var word in train.SelectMany(document => document.Distinct()))
            presence[word]++;
        var first = Vocabulary.Markers.Count + frequent;
        var total = counts.Sum() + vocabulary - first;
        return (
            [.. counts.Select((count, word) => word < first ? Math.Log(1e-9) : Math.Log((count + 1) / total))],
            [.. presence.Select(count => (count + 0.5) / (train.Length + 1))]);
    });
    void StartFrom(nn.Module model, string bias, IEnumerable<double> values)
    {
        using var _ = no_grad();
        model.state_dict()[bias].copy_(tensor(values.Select(value => (float)value).ToArray()));
    }

    double Number(Tensor value) => value.to_type(ScalarType.Float64).item<double>();
    Tensor Chosen(Tensor from, int[] rows) => from.index_select(0, tensor(Array.ConvertAll(rows, row => (long)row)));

    // Reconstructions of test pictures, and pictures decoded from random codes.
    void Pictures(Variant member, Func<Tensor, Tensor> encode, Func<Tensor, Tensor> decode, bool probabilities)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (train, _, test) = glyphs.Value;
        var (codes, back) = (encode(train), decode(encode(test)));
        member.Record("MSE", Number(nn.functional.mse_loss(back, test)));
        member.Record("MSE, train", Number(nn.functional.mse_loss(decode(codes), train)));
        if (probabilities)
            member.Record("cross-entropy", Number(nn.functional.binary_cross_entropy_with_logits(back.clamp(1e-6, 1 - 1e-6).logit(), test)));

        var real = test.narrow(0, 0, Math.Min(compared, test.shape[0]));
        var noise = StandardNormal.Sample(real.shape[0], codes.shape[1], member.Seed);
        void Decoded(string which, Tensor z)
        {
            // Ink is a share: what a linear or Gaussian decoder puts outside [0, 1] is cut off.
            var written = decode(z).clamp(0, 1);
            var quality = PrecisionRecall.Estimate(real, written);
            member.Record($"precision, {which}", quality.Precision);
            member.Record($"recall, {which}", quality.Recall);
            member.Record($"F, {which}", quality.F);
            member.Record($"decoded, {which}", Enumerable.Range(0, 1200).Select(i => (double)i), written.narrow(0, 0, 12).flatten().data<float>().ToArray().Select(value => (double)value));
        }

        Decoded("N(0, I)", noise);
        // The best a Gaussian in each dimension can do with the codes of the training pictures.
        Decoded("fitted", codes.mean([0L]) + noise * codes.std(0L));
        member.Record("reconstructed", Enumerable.Range(0, 1200).Select(i => (double)i), back.clamp(0, 1).narrow(0, 0, 12).flatten().data<float>().ToArray().Select(value => (double)value));
    }

    void Autoencoder(Variant member, DenseAutoencoderConfig config)
    {
        var (train, validation, _) = glyphs.Value;
        var options = new TrainingOptions { Epochs = epochs, BatchSize = 64, LearningRate = 3e-3 };
        var model = member.Build(() => config.Build(100));
        member.Train(new AutoencoderTask(model, new VectorSet(train), new VectorSet(validation)), options);
        Pictures(member, model.Encode, model.Decode, probabilities: !config.Linear);
    }

    // Perplexity a word of the multinomial likelihood, or of a bound of it, over all documents.
    double Perplexity(double nats, int[][] of) => Math.Exp(nats / of.Sum(document => (long)document.Length));

    return recipe.Study()
        .On($"glyphs of GNU Unifont; {data.Summary}")
        .About("Pictures: mean squared error a pixel on characters the model has not seen, cross-entropy in nats a pixel; precision: share of pictures decoded from random codes that lie where real ones do, recall: share of real ones that lie where decoded ones do (Kynkäänniemi et al. 2019, k = 3, in pixels), fitted: with codes as spread as those of the training pictures. Words: perplexity a word of the multinomial likelihood, of VAEs by −ELBO; cross-entropy of bags of words is a mean over the vocabulary.")
        .Column("MSE", "0.0000", Best.Lowest).Column("MSE, train", "0.0000").Column("cross-entropy", "0.0000", Best.Lowest)
        .Column("precision, N(0, I)", "0%").Column("recall, N(0, I)", "0%").Column("precision, fitted", "0%").Column("recall, fitted", "0%")
        .Column("KL").Column("PPL", "0.0", Best.Lowest)
        .Variant("principal components", member =>
        {
            using var scope = NewDisposeScope();
            var pca = Pca.Fit(glyphs.Value.Train, code);
            Pictures(member, pca.Encode, pca.Decode, probabilities: false);
            var (train, _, test) = glyphs.Value;
            // What a perfect generator would have: other real pictures.
            var size = (int)Math.Min(compared, test.shape[0]);
            var real = PrecisionRecall.Estimate(test.narrow(0, 0, size), train.narrow(0, 0, size));
            member.Record("F, real", real.F);
            member.Record("real", Enumerable.Range(0, 1200).Select(i => (double)i), test.narrow(0, 0, 12).flatten().data<float>().ToArray().Select(value => (double)value));
        })
        .Variant("linear autoencoder", member => Autoencoder(member, new DenseAutoencoderConfig { Encoder = [code], Decoder = [], Linear = true }))
        .Variant("autoencoder, MSE", member => Autoencoder(member, new DenseAutoencoderConfig { Encoder = [32, code], Decoder = [32] }))
        .Variant("autoencoder, cross-entropy", member => Autoencoder(member, new DenseAutoencoderConfig { Encoder = [32, code], Decoder = [32], Loss = ReconstructionLoss.CrossEntropy }))
        .Variant("Gaussian VAE", member =>
        {
            var (train, validation, test) = glyphs.Value;
            var options = new TrainingOptions { Epochs = epochs, BatchSize = 64, LearningRate = 3e-3 };
            var model = member.Build(() => new GaussianVaeConfig { HiddenSizes = [128], LatentSize = code, Deviation = deviation }.Build(100));
            member.Train(new VaeTask<VectorBatch>(model, new VectorSet(train), new VectorSet(validation), new ElboObjective()), options);
            Pictures(member, x => model.Encode(x).Mean, model.Decode, probabilities: false);
            using var _ = no_grad();
            member.Record("KL", Number(model.Encode(test).KlFromPrior().sum()) / test.shape[0]);
        })
        .Variant("unigrams", member =>
        {
            var test = documents.Value.Test;
            member.Record("PPL", Perplexity(-test.SelectMany(document => document).Sum(word => unigrams.Value.LogFrequency[word]), test));
            // As presence: every word by itself, with its share of documents.
            var presence = unigrams.Value.Presence;
            var loss = test.Sum(document =>
            {
                var there = document.ToHashSet();
                return Enumerable.Range(0, vocabulary).Sum(word => there.Contains(word) ? -Math.Log(presence[word]) : -Math.Log(1 - presence[word]));
            });
            member.Record("cross-entropy", loss / test.Length / vocabulary);
        })
        .Variant("bag of words, autoencoder", member =>
        {
            var (train, validation, test) = documents.Value;
            var options = new TrainingOptions { Epochs = bagEpochs, BatchSize = 64, LearningRate = bagRate };
            var model = member.Build(() => new DenseAutoencoderConfig { Encoder = [bagHidden], Decoder = [], Loss = ReconstructionLoss.CrossEntropy }.Build(vocabulary));
            StartFrom(model, "decoder.0.bias", unigrams.Value.Presence.Select(p => Math.Log(p / (1 - p))));
            IDataset<VectorBatch> Presence(int[][] of) => new BagOfWordsSet(of).Presence(vocabulary);
            member.Train(new AutoencoderTask(model, Presence(train), Presence(validation)), options);
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            member.Record("cross-entropy", Number(model.Loss(Presence(test).ToBatch().Values)));
        })
        .Variant("bag of words, VAE", member =>
        {
            var (train, validation, test) = documents.Value;
            var options = new TrainingOptions { Epochs = bagEpochs, BatchSize = 64, LearningRate = bagRate };
            var model = member.Build(() => new BagOfWordsVaeConfig { HiddenSize = bagHidden, LatentSize = bagLatent, DecoderHiddenSize = 0 }.Build(vocabulary));
            StartFrom(model, "output.bias", unigrams.Value.LogFrequency);
            member.Train(new VaeTask<BagOfWords>(model, new BagOfWordsSet(train), new BagOfWordsSet(validation), new ElboObjective()), options);
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            model.eval();
            var metrics = VaeMetrics.Evaluate(model, new BagOfWordsSet(test), member.Seed);
            member.Record("PPL", metrics.Perplexity);
            member.Record("KL", metrics.Kl);
            // Words that a step along a dimension makes more, and less, likely than the centre of the prior does.
            var kl = model.Encode(BagOfWords.From(test, CPU)).KlFromPrior().mean([0L]).data<float>().ToArray();
            var logits = model.Logits(eye(bagLatent)) - model.Logits(zeros(1, bagLatent));
            string Words(Tensor of) => string.Join(", ", of.topk(10).indexes.data<long>().ToArray().Select(id => data.Tokenizer.Vocabulary[(int)id]));
            // The frequent words are in no document, so they have no place among topics.
            logits.narrow(1, 0, Vocabulary.Markers.Count + frequent).zero_();
            member.Record("Topics", ["KL (nats)", "more", "less"], Enumerable.Range(0, bagLatent).OrderByDescending(d => kl[d]).Take(8)
                .Select(d => new[] { FormattableString.Invariant($"{kl[d]:0.00}"), Words(logits[d]), Words(-logits[d]) }));
        })
        .Report(report =>
        {
            Figure Sheet(string title, Series pixels)
            {
                // Twelve pictures in two rows, a line of nothing between them.
                double Pixel(int row, int column) => row % 11 == 10 || column % 11 == 10 ? double.NaN : pixels.Y[((row / 11 * 6) + (column / 11)) * 100 + (row % 11 * 10) + (column % 11)];
                double[][] rows = [.. Enumerable.Range(0, 21).Select(row => Enumerable.Range(0, 65).Select(column => Pixel(row, column)).ToArray())];
                return Figure.Of(Heatmap.Of(rows, Enumerable.Range(0, 65), Enumerable.Range(0, 21).Select(row => $"{row}")) with { Range = (0, 1) }).Title(title)
                    .XAxis(axis => axis with { Ticks = [], GridLines = false }).YAxis(axis => axis with { Ticks = [], GridLines = false });
            }

            var results = report.Results;
            string[] shown = ["principal components", "autoencoder, MSE", "autoencoder, cross-entropy", "Gaussian VAE"];
            report.Section("Through the code and back")
                .Figure("reconstructions", Figure.Grid(2, [Sheet("real", results["principal components"].First.Series["real"]), .. shown.Select(name => Sheet(name, results[name].First.Series["reconstructed"]))]), "Twelve characters that no model has seen, and what is left of them.")
                .Section("Decoding random codes", "Only the VAE has been taught what a code drawn from N(0, I) is to mean.")
                .Figure("random-codes", Figure.Grid(2, [.. shown.Select(name => Sheet(name, results[name].First.Series["decoded, N(0, I)"]))]), "Pictures from twelve codes drawn from N(0, I).")
                .Figure("fitted-codes", Figure.Grid(2, [.. shown.Select(name => Sheet(name, results[name].First.Series["decoded, fitted"]))]), "The same with each dimension's mean and spread those of the training pictures' codes.")
                .Section("Topics").Texts("Topics");
        })
        .Headline("Dense autoencoder", "000, 003", study => FormattableString.Invariant(
            $"MSE a pixel {study["autoencoder, MSE"]["MSE"]:0.000} (principal components {study["principal components"]["MSE"]:0.000}); from random codes, precision {study["autoencoder, MSE"]["precision, N(0, I)"]:0%}, recall {study["autoencoder, MSE"]["recall, N(0, I)"]:0%}"))
        .Headline("Dense VAE", "000, 001", study => FormattableString.Invariant(
            $"from random codes, precision {study["Gaussian VAE"]["precision, N(0, I)"]:0%}, recall {study["Gaussian VAE"]["recall, N(0, I)"]:0%}; bag of words PPL {study["bag of words, VAE"]["PPL"]:0} (unigrams {study["unigrams"]["PPL"]:0})"))
        .Expect("no linear autoencoder beats principal components on the training pictures", study => (
            study["linear autoencoder"]["MSE, train"] > study["principal components"]["MSE, train"], Errors(study)))
        .Expect("it comes within 10 % of them", study => (
            study["linear autoencoder"]["MSE, train"] < 1.1 * study["principal components"]["MSE, train"], Errors(study)))
        .Expect("the VAE, whose layers are not linear, loses less of unseen pictures than principal components do with as wide a code", study => (
            study["Gaussian VAE"]["MSE"] < 0.9 * study["principal components"]["MSE"], FormattableString.Invariant($"{study["Gaussian VAE"]["MSE"]:0.0000} and {study["principal components"]["MSE"]:0.0000}")))
        .Expect("pictures from N(0, I) are better from the VAE than from the autoencoders: the harmonic mean of precision and recall is at least twice theirs", study => (
            study["Gaussian VAE"]["F, N(0, I)"] >= 2 * Math.Max(study["autoencoder, MSE"]["F, N(0, I)"], study["autoencoder, cross-entropy"]["F, N(0, I)"]) && study["Gaussian VAE"]["F, N(0, I)"] >= 0.1,
            FormattableString.Invariant($"{study["Gaussian VAE"]["F, N(0, I)"]:0.00} and {study["autoencoder, MSE"]["F, N(0, I)"]:0.00}, {study["autoencoder, cross-entropy"]["F, N(0, I)"]:0.00}; real pictures {study["principal components"]["F, real"]:0.00}")))
        .Expect("the autoencoder of bags of words knows more than the frequencies of words", study => study.Less("cross-entropy", "bag of words, autoencoder", "unigrams"))
        .Expect("the VAE of bags of words has a lower perplexity than unigrams, by a twentieth", study => study.AtMost("PPL", "bag of words, VAE", 0.95 * study["unigrams"]["PPL"]));

    static string Errors(StudyResults study) => FormattableString.Invariant($"{study["linear autoencoder"]["MSE, train"]:0.00000}, principal components {study["principal components"]["MSE, train"]:0.00000}");
});
