#!/usr/bin/env dotnet-script
// Which sentences do not belong, and which of their tokens? Held-out Austen beside itself with a token replaced or all of them shuffled,
// beside other authors and another language, told apart by an n-gram model, by a VAE and by both together, by ratios to background models,
// typicality and the most surprising token. Every anomaly is paired with an Austen sentence of equal length: length has no information.
//
//   textvae run recipes/anomalies.csx
#load "prelude.csx"

return Recipe.Run(Args, "anomalies", "Which sentences are not Austen's?", recipe =>
{
    var config = recipe.Configure(
        new LstmVaeConfig { EmbeddingSize = 96, HiddenSize = 128, LatentSize = 32, Dropout = 0.3 },
        smoke: config => config with { EmbeddingSize = 16, HiddenSize = 16, LatentSize = 4 },
        full: config => config with { EmbeddingSize = 256, HiddenSize = 512 });
    var training = recipe.Configure(
        new TrainingOptions { Epochs = 8, LearningRate = 2e-3 },
        smoke: options => options with { Epochs = 1 },
        full: options => options with { Epochs = 30 });
    var objective = new ElboObjective { KlWeight = KlSchedule.Constant(recipe.Parameter("beta", standard: 0.25)) };
    var most = recipe.Parameter("pairs", standard: 200, smoke: 15, full: 1000);
    var (samples, iwSamples) = (recipe.Parameter("draws", 10, smoke: 1), recipe.Parameter("iw-samples", 20, smoke: 2, full: 500));
    var rate = recipe.Parameter("noise", standard: 0.2);
    // Pieces of words, since a word that is not in the vocabulary would give a foreign text away, or hide it.
    var data = recipe.Data(
        "austen",
        new TextOptions { Unit = TextUnit.Bpe, MaxTokens = 30, MaxVocabulary = 2000, MaxTrainSentences = 6000, Test = 0.08 },
        smoke: options => options with { MaxTokens = 20, MaxVocabulary = 600, MaxTrainSentences = 200 },
        full: options => options with { MaxTokens = 60, MaxVocabulary = 10_000, MaxTrainSentences = 0 });
    var (vocabulary, tokenizer) = (data.Tokenizer.Vocabulary.Count, data.Tokenizer);
    var noisy = data.Train.WithNoise(vocabulary, rate, recipe.Seed);
    Lazy<NGramModel> NGram(EncodedSentences sentences) => new(() => NGramModel.Train(sentences, vocabulary, order: 5));
    var (ngram, background) = (NGram(data.Train), NGram(noisy));

    const string Austen = "held-out Austen", Noise = "background: Austen with noise", Replaced = "one token replaced";
    const string Shuffled = "shuffled words", English = "Bible, English", Spanish = "Bible, Spanish", Examples = "WordNet's examples";
    string[] kinds = [Replaced, Shuffled, English, Examples, Spanish];
    const string Both = "IW-NLL + 5-gram";
    var located = RecordedAnomalies.Located;
    Metric Area(string score) => RecordedAnomalies.Area(score);

    SentenceScores Evaluate(Variant variant, TextVaeModel model, Lazy<NGramModel> counts, EncodedSentences sentences) =>
        SentenceScores.Evaluate(model, counts.Value, sentences, samples, iwSamples, variant.Seed,
            done => variant.Progress("importance-weighted NLL, sentence", done, sentences.Count));
    double PerToken(SentenceScores scores) => scores.Mean(scores.IwNll).Average();
    TextVaeModel Load(Variant variant, string name) => variant.Load(name, () => config.Build(vocabulary));

    void Train(Variant variant, EncodedSentences sentences)
    {
        var model = variant.Build(() => config.Build(vocabulary));
        variant.Train(new VaeTask(model, sentences, data.Validation, objective), training);
        variant.Save(model);
        variant.Record(RecordedAnomalies.PerToken, PerToken(Evaluate(variant, model, ngram, data.Test.EvenlySpaced(most))));
    }

    void Compare(Variant variant, AnomalyPairs pairs)
    {
        var (own, other) = (Load(variant, Austen), Load(variant, Noise));
        var entropy = PerToken(Evaluate(variant, own, ngram, data.Validation.EvenlySpaced(most)));
        AnomalyScores Of(EncodedSentences of) => new(Evaluate(variant, own, ngram, of), Evaluate(variant, other, background, of), entropy);
        variant.Record(pairs, Of(pairs.Ordinary), Of(pairs.Anomalous), tokenizer);
    }

    AnomalyPairs Match(Variant variant, string corpus) =>
        AnomalyPairs.Match(data.Test, Corpus.Load(corpus).Sentences, tokenizer, most, variant.Seed);
    double Mean(StudyResults study, string score) => kinds.Average(kind => study[kind][Area(score)]);
    string Areas(StudyResults study, string score) =>
        $"{score} {string.Join(", ", kinds.Select(kind => study[kind][Area(score)].ToString("0.00")))}";

    return recipe.Study()
        .On(data)
        .About("Area under the ROC curve (0.5: no better than chance, 1: all told apart) of scores per token, in brackets its standard "
            + "error (DeLong et al. 1988). rec. is E[−log p(x|z)], IW-NLL the importance-weighted −log p(x); a ratio is to models of text "
            + "with noise (Ren et al. 2019), typicality the distance from the entropy (Nalisnick et al. 2019). **located**: the most "
            + "surprising token is the replaced one. The column length shows that length alone does not separate them.")
        .Columns(RecordedAnomalies.Metrics)
        .Variant(Austen, variant => Train(variant, data.Train))
        .Variant(Noise, variant => Train(variant, noisy))
        .Variant(Replaced, variant => Compare(variant, AnomalyPairs.Replace(data.Test, tokenizer, most, variant.Seed)))
        .Variant(Shuffled, variant => Compare(variant, AnomalyPairs.Shuffle(data.Test, tokenizer, most, variant.Seed)))
        .Variant(English, variant => Compare(variant, Match(variant, "bible-english")))
        .Variant(Examples, variant => Compare(variant, Match(variant, "wordnet-examples")))
        .Variant(Spanish, variant => Compare(variant, Match(variant, "bible-spanish")))
        .Report(report => report
            .Section("Scores").Figure("areas", report.Areas(), "Area under the ROC curve and its standard error.")
            .Section("Tokens", "Which token is the anomaly? An anomaly of about twelve tokens of each kind.")
            .Figure("tokens", report.SurprisePerToken(), "−log p of each token; of the VAE its mean over z ~ q(z|x).")
            .Section("ROC curves", "A threshold moves along each curve: to the right more of Austen is called strange, upwards more of the "
                + "strange is found.")
            .Figure("roc", report.RocCurves("5-gram", "IW-NLL", "IW-NLL, ratio", "IW-NLL + 5-gram"), "Austen against each kind.")
            .Section("Sentences").Texts())
        .Headline("Anomaly detection", "001, 003", study =>
            $"AUC with a token replaced, shuffled, Bible, WordNet's examples, Spanish: {Areas(study, "5-gram")}; {Areas(study, "IW-NLL")}; "
            + $"best in the mean {Areas(study, study.BestScore(kinds).Score)}; replaced token found {study[Replaced].Format(located)}")
        .Expect("length alone does not separate them", study => (
            kinds.All(kind => Math.Abs(study[kind][RecordedAnomalies.Length] - 0.5) < 1e-9),
            string.Join(", ", kinds.Select(kind => StudyResults.Text(study[kind][RecordedAnomalies.Length])))))
        .Expect("the VAE finds shuffled words: AUC of IW-NLL at least 0.9", study => study.AtLeast(Area("IW-NLL"), Shuffled, 0.9))
        .Expect("the VAE finds Spanish: AUC of IW-NLL at least 0.95", study => study.AtLeast(Area("IW-NLL"), Spanish, 0.95))
        .Expect("other authors of English are found: AUC of IW-NLL at least 0.8", study => (
            study[English][Area("IW-NLL")] >= 0.8 && study[Examples][Area("IW-NLL")] >= 0.8, Areas(study, "IW-NLL")))
        .Expect("over all kinds the VAE and the 5-gram together are better than either", study => (
            Mean(study, Both) > Mean(study, "IW-NLL") && Mean(study, Both) > Mean(study, "5-gram"),
            $"{Mean(study, Both):0.000}, {Mean(study, "IW-NLL"):0.000}, {Mean(study, "5-gram"):0.000}"))
        .Expect("neither a ratio to a background model nor typicality finds the Bible better than the likelihood itself", study => (
            study[English][Area("IW-NLL")] > Math.Max(study[English][Area("IW-NLL, ratio")], study[English][Area("typicality")]),
            string.Join(", ", new[] { "IW-NLL", "IW-NLL, ratio", "typicality" }.Select(score => study[English].Format(Area(score))))))
        .Expect("the VAE finds the replaced token more often than the 5-gram", study => (
            study[Replaced][located] > study[Replaced][RecordedAnomalies.LocatedByNGram],
            $"{study[Replaced].Format(located)}, {study[Replaced].Format(RecordedAnomalies.LocatedByNGram)}"));
});
