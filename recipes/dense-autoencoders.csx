#!/usr/bin/env dotnet-script
// What is lost on the way through a narrow code, and what does decoding a random code give? Dense autoencoders and VAEs of pictures of
// characters (10 × 10 pixels) and of bags of words, with principal components and unigrams beside them.
//
//   textvae run recipes/dense-autoencoders.csx
#load "prelude.csx"

return Recipe.Run(Args, "dense-autoencoders", "Through a narrow code and back", recipe =>
{
    var gaussian = recipe.Configure(new GaussianVaeConfig { HiddenSizes = [128], LatentSize = 32, Deviation = 0.1 });
    var bagVae = recipe.Configure(new BagOfWordsVaeConfig { HiddenSize = 100, LatentSize = 20, DecoderHiddenSize = 0 }, prefix: "bag");
    var training = recipe.Configure(new TrainingOptions { Epochs = 40, BatchSize = 64, LearningRate = 3e-3 },
        smoke: options => options with { Epochs = 1 }, full: options => options with { Epochs = 200 });
    var bagTraining = recipe.Configure(new TrainingOptions { Epochs = 25, BatchSize = 64, LearningRate = 3e-3 }, prefix: "bag",
        smoke: options => options with { Epochs = 1 }, full: options => options with { Epochs = 50 });
    var glyphCount = recipe.Parameter("glyphs", standard: 5000, smoke: 200, full: 50_000);
    var compared = recipe.Parameter("compared", standard: 500, smoke: 20);
    var (together, frequent) = (recipe.Parameter("sentences-per-document", 16), recipe.Parameter("frequent-words-left-out", 100));
    var data = recipe.Data("austen", new TextOptions { MaxTokens = 60, MaxVocabulary = 4000 },
        smoke: text => text with { MaxVocabulary = 500, MaxTrainSentences = 600 }, full: text => text with { MaxVocabulary = 10_000 });

    const string Components = "principal components", Linear = "linear autoencoder", Squares = "autoencoder, MSE";
    const string Entropies = "autoencoder, cross-entropy", Gaussian = "Gaussian VAE", BagAutoencoder = "bag of words, autoencoder";
    const string Equal = "autoencoder, as wide as the VAE";
    const string Unigrams = "unigrams", BagVae = "bag of words, VAE", Prior = RecordedPictures.Prior, Fitted = RecordedPictures.Fitted;
    var (error, trainingError, ppl) = (RecordedPictures.SquaredError, RecordedPictures.TrainingSquaredError, Metric.Perplexity);
    var (precision, recall, f) = (RecordedPictures.Precision(Prior), RecordedPictures.Recall(Prior), RecordedPictures.F(Prior));
    var (entropy, realF) = (RecordedPictures.CrossEntropy, RecordedPictures.F(RecordedPictures.Real));
    var ((train, validation, test), code, side) = (GlyphSplit.Load(glyphCount, recipe.Seed), gaussian.LatentSize, GlyphBitmaps.Side);
    // Documents are consecutive sentences of a chapter, without the most frequent words, which say nothing of the topic.
    var (vocabulary, first) = (data.Tokenizer.Vocabulary.Count, Vocabulary.Markers.Count + frequent);
    BagOfWordsSet Bags(EncodedSentences sentences) => new(SentenceGroups.Of(sentences, together, id => id >= first));
    var (trainBags, validationBags, testBags) = (Bags(data.Train), Bags(data.Validation), Bags(data.Test));
    var unigrams = UnigramModel.Train(trainBags.Documents, vocabulary, first);

    Action<Variant> Autoencoder(DenseAutoencoderConfig config) => variant =>
    {
        var model = variant.Build(() => config.Build(side * side));
        variant.Train(new AutoencoderTask(model, train, validation), training);
        variant.Record(PictureQuality.Evaluate(model.Encode, model.Decode, train, test, compared, variant.Seed, !config.Linear));
    };
    string[] shown = [Components, Squares, Entropies, Equal, Gaussian];
    string Random(StudyRow row) => $"from random codes, precision {row.Format(precision)}, recall {row.Format(recall)}";
    string Exact(StudyRow row) => row[trainingError].ToString("0.00000");
    string Errors(StudyResults study) => $"{Exact(study[Linear])}, principal components {Exact(study[Components])}";

    return recipe.Study()
        .On($"glyphs of GNU Unifont; {data.Summary}")
        .About("Pictures: mean squared error per pixel on characters the model has not seen, cross-entropy in nats per pixel; precision: "
            + "share of pictures decoded from random codes that lie where real ones do, recall: share of real ones that lie where decoded "
            + "ones do (Kynkäänniemi et al. 2019, k = 3, in pixels), fitted: with codes as spread as those of the training pictures. Words:"
            + " perplexity per word of the multinomial likelihood, of VAEs by −ELBO; cross-entropy of bags is a mean over the vocabulary.")
        .Columns([.. RecordedPictures.Metrics, Metric.Kl, ppl])
        .Variant(Components, variant =>
        {
            var pca = Pca.Fit(train.Values, code);
            variant.Record(PictureQuality.Evaluate(pca.Encode, pca.Decode, train, test, compared, variant.Seed));
            var real = PictureQuality.Real(train, test, compared);
            variant.Record(realF, real.Quality.F);
            variant.RecordPictures(RecordedPictures.Real, real.Pictures);
        })
        .Variant(Linear, Autoencoder(new() { Encoder = [code], Decoder = [], Linear = true }))
        .Variant(Squares, Autoencoder(new() { Encoder = [32, code], Decoder = [32] }))
        .Variant(Entropies, Autoencoder(new() { Encoder = [32, code], Decoder = [32], Loss = ReconstructionLoss.CrossEntropy }))
        .Variant(Equal, Autoencoder(new() { Encoder = [.. gaussian.HiddenSizes, code], Decoder = gaussian.HiddenSizes, LinearCode = true }))
        .Variant(Gaussian, variant =>
        {
            var model = variant.Build(() => gaussian.Build(side * side));
            variant.Train(new VaeTask<VectorBatch>(model, train, validation, new ElboObjective()), training);
            variant.Record(PictureQuality.Evaluate(x => model.Encode(x).Mean, model.Decode, train, test, compared, variant.Seed));
            variant.Record(Metric.Kl, VaeMetrics.Evaluate(model, test, variant.Seed).Kl);
        })
        .Variant(Unigrams, variant => variant.Record(
            (ppl, unigrams.Perplexity(testBags.Documents)), (entropy, unigrams.PresenceCrossEntropy(testBags.Documents))))
        .Variant(BagAutoencoder, variant =>
        {
            var config = new DenseAutoencoderConfig { Encoder = [bagVae.HiddenSize], Decoder = [], Loss = ReconstructionLoss.CrossEntropy };
            var model = variant.Build(() => config.Build(vocabulary));
            unigrams.Initialise(model);
            variant.Train(new AutoencoderTask(model, trainBags.Presence(vocabulary), validationBags.Presence(vocabulary)), bagTraining);
            variant.Record(entropy, ReconstructionError.Evaluate(model, testBags.Presence(vocabulary)));
        })
        .Variant(BagVae, variant =>
        {
            var model = variant.Build(() => bagVae.Build(vocabulary));
            unigrams.Initialise(model);
            variant.Train(new VaeTask<BagOfWords>(model, trainBags, validationBags, new ElboObjective()), bagTraining);
            var metrics = VaeMetrics.Evaluate(model, testBags, variant.Seed);
            variant.Record((ppl, metrics.Perplexity), (Metric.Kl, metrics.Kl));
            variant.Record(Topic.Of(model, testBags, data.Tokenizer.Vocabulary, first));
        })
        .Report(report => report
            .Section("Through the code and back")
            .Figure("reconstructions", report.Results.Pictures(RecordedPictures.Reconstructed, side, shown, real: Components),
                "Twelve characters that no model has seen, and what is left of them.")
            .Section("Decoding random codes", "Only the VAE has been taught what a code drawn from N(0, I) is to mean.")
            .Figure("random-codes", report.Results.Pictures(RecordedPictures.Decoded(Prior), side, shown),
                "Pictures from twelve codes drawn from N(0, I).")
            .Figure("fitted-codes", report.Results.Pictures(RecordedPictures.Decoded(Fitted), side, shown),
                "The same with each dimension's mean and spread those of the training pictures' codes.")
            .Section("Topics").Texts(RecordedTopics.Caption))
        .Headline("Dense autoencoder", "000, 003", study => $"MSE per pixel {study[Squares].Format(error)}, as wide as the VAE "
            + $"{study[Equal].Format(error)} (principal components {study[Components].Format(error)}); {Random(study[Equal])}")
        .Headline("Dense VAE", "000, 001", study =>
            $"{Random(study[Gaussian])}; bag of words PPL {study[BagVae][ppl]:0} (unigrams {study[Unigrams][ppl]:0})")
        .Expect("on the training pictures the linear autoencoder comes within 10 % of principal components, and beats them not", study => (
            study[Linear][trainingError] / study[Components][trainingError] is > 1 and < 1.1, Errors(study)))
        .Expect("of unseen pictures the autoencoder that is as wide as the VAE loses a tenth less than principal components do", study =>
            study.AtMost(error, Equal, 0.9 * study[Components][error]))
        .Expect("it loses less than the VAE, whose code must keep to the prior", study => study.Less(error, Equal, Gaussian))
        .Expect("pictures from N(0, I) are better from the VAE than from the autoencoders: the harmonic mean of precision and recall is at "
            + "least twice theirs", study => (
            study[Gaussian][f] >= Math.Max(0.1, 2 * new[] { Squares, Entropies, Equal }.Max(name => study[name][f])),
            $"{study[Gaussian].Format(f)} and {study[Squares].Format(f)}, {study[Entropies].Format(f)}, {study[Equal].Format(f)}; real "
            + $"pictures {study[Components].Format(realF)}"))
        .Expect("the autoencoder of bags of words predicts better than the frequencies of words", study =>
            study.Less(entropy, BagAutoencoder, Unigrams))
        .Expect("the VAE of bags of words has a lower perplexity than unigrams, by a twentieth", study =>
            study.AtMost(ppl, BagVae, 0.95 * study[Unigrams][ppl]));
});
