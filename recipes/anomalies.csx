#!/usr/bin/env dotnet-script
// Which sentences do not belong? Held-out Austen beside its own words shuffled, other authors and another language, told apart by an
// n-gram model and by three scores of a VAE. Every anomaly is paired with an Austen sentence of equal length: length has no information.
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
        new TrainingOptions { Epochs = 5, LearningRate = 2e-3 },
        smoke: options => options with { Epochs = 1 },
        full: options => options with { Epochs = 30 });
    var objective = new ElboObjective { KlWeight = KlSchedule.Constant(recipe.Parameter("beta", standard: 0.25)) };
    var most = recipe.Parameter("pairs", standard: 200, smoke: 15, full: 1000);
    var samples = recipe.Parameter("draws", standard: 10, smoke: 1);
    var iwSamples = recipe.Parameter("iw-samples", standard: 20, smoke: 2, full: 500);
    // Pieces of words, since a word that is not in the vocabulary would give a foreign text away, or hide it.
    var data = recipe.Data(
        "austen",
        new TextOptions { Unit = TextUnit.Bpe, MaxTokens = 30, MaxVocabulary = 2000, MaxTrainSentences = 6000, Test = 0.08 },
        smoke: options => options with { MaxTokens = 20, MaxVocabulary = 600, MaxTrainSentences = 200 },
        full: options => options with { MaxTokens = 60, MaxVocabulary = 10_000, MaxTrainSentences = 0 });
    var (vocabulary, tokenizer) = (data.Tokenizer.Vocabulary.Count, data.Tokenizer);
    var ngram = new Lazy<NGramModel>(() => NGramModel.Train(data.Train, vocabulary, order: 5));

    const string Austen = "held-out Austen", Shuffled = "shuffled words", English = "Bible, English", Spanish = "Bible, Spanish";
    const string Examples = "WordNet's examples";
    string[] kinds = [Shuffled, English, Examples, Spanish];
    var (count, length, elboPerToken) = (new Metric("pairs", "0"), new Metric("length"), new Metric("−ELBO per token"));
    var fiveGram = Auc("5-gram", scores => scores.NGram);
    var elbo = Auc("−ELBO", scores => scores.NegativeElbo);
    Score[] scores = [fiveGram, Auc("rec.", scores => scores.Reconstruction), elbo, Auc("IW-NLL", scores => scores.IwNll)];

    Score Auc(string name, Func<SentenceScores, IReadOnlyList<double>> nats) =>
        new(new Metric(name, "0.000", Best.Highest), new Metric($"{name} per sentence", "0.000"), nats);
    SentenceScores Evaluate(Variant variant, TextVaeModel model, EncodedSentences sentences) =>
        SentenceScores.Evaluate(model, ngram.Value, sentences, samples, iwSamples, variant.Seed,
            done => variant.Progress("importance-weighted NLL, sentence", done, sentences.Count));

    void Compare(Variant variant, AnomalyPairs pairs)
    {
        var model = variant.Load(Austen, () => config.Build(vocabulary));
        var (ordinary, anomalous) = (Evaluate(variant, model, pairs.Ordinary), Evaluate(variant, model, pairs.Anomalous));
        Array.ForEach(scores, score => RecordCurve(variant, score, ordinary, anomalous));
        variant.Record((count, pairs.Ordinary.Count), (length, pairs.LengthArea));
        RecordSuspicion(variant, pairs.Anomalous, anomalous.PerToken(anomalous.NegativeElbo));
    }

    void RecordCurve(Variant variant, Score score, SentenceScores ordinary, SentenceScores anomalous)
    {
        var (left, right) = (score.Nats(ordinary), score.Nats(anomalous));
        var curve = RocCurve.FromScores(ordinary.PerToken(left), anomalous.PerToken(right));
        variant.Record((score.PerToken, curve.Area), (score.PerSentence, RocCurve.FromScores(left, right).Area));
        variant.Record($"ROC {score.PerToken}", curve.FalseAlarms, curve.Found);
    }

    void RecordSuspicion(Variant variant, EncodedSentences sentences, IReadOnlyList<double> nats)
    {
        variant.Record(elboPerToken, nats.Average());
        var ranked = nats.Select((value, i) => (value, i)).Order().ToArray();
        var rows = ranked.Take(3).Concat(ranked.TakeLast(3)).Select(at => new[] { $"{at.value:0.00}", sentences.Source(at.i).Text });
        variant.Record("The least and the most suspicious, by −ELBO per token", ["nats per token", "text"], rows);
    }

    AnomalyPairs Match(Variant variant, string corpus) =>
        AnomalyPairs.Match(data.Test, Corpus.Load(corpus).Sentences, tokenizer, most, variant.Seed);
    Line Curve(StudyRow row, Metric score) => Line.Of(row.Curve($"ROC {score}").X, row.Curve($"ROC {score}").Y, score.Name);
    Figure Panel(StudyRow row) => Figure.Of(scores.Select(score => Curve(row, score.PerToken)))
        .X("share of Austen called strange").Y("share of the strange found").Title(row.Name);
    string Area(StudyRow row, Score score) => row[score.PerToken].ToString("0.00");

    return recipe.Study()
        .On(data)
        .About("Area under the ROC curve (0.5: no better than chance, 1: all told apart) of four scores in nats per token; \"per "
            + "sentence\": of their sums. rec. is the reconstruction error E[−log p(x|z)], IW-NLL the importance-weighted −log p(x). The "
            + "column length shows that length alone does not separate them.")
        .Columns([count, length, .. scores.Select(score => score.PerToken), .. scores.Select(score => score.PerSentence), elboPerToken])
        .Variant(Austen, variant =>
        {
            var model = variant.Train(config, data, objective, training);
            variant.Save(model);
            var sentences = data.Test.EvenlySpaced(most);
            var nats = SentenceElbo.Evaluate(model, sentences, samples, variant.Seed).Negative;
            variant.Record(elboPerToken, nats.Sum() / sentences.PredictedTokens);
        })
        .Variant(Shuffled, variant => Compare(variant, AnomalyPairs.Shuffle(data.Test, tokenizer, most, variant.Seed)))
        .Variant(English, variant => Compare(variant, Match(variant, "bible-english")))
        .Variant(Examples, variant => Compare(variant, Match(variant, "wordnet-examples")))
        .Variant(Spanish, variant => Compare(variant, Match(variant, "bible-spanish")))
        .Report(report => report
            .Section("ROC curves", "Scores per token. A threshold moves along each curve: to the right more of Austen is called strange, "
                + "upwards more of the strange is found.")
            .Figure("roc", Figure.Grid(2, [.. kinds.Select(kind => Panel(report.Results[kind]))]),
                "Held-out Austen against each kind of other sentence.")
            .Section("Sentences").Texts())
        .Headline("Anomaly detection", "001, 003", study =>
            $"AUC by −ELBO per token: shuffled {Area(study[Shuffled], elbo)}, Bible {Area(study[English], elbo)}, WordNet's examples "
            + $"{Area(study[Examples], elbo)}, Spanish {Area(study[Spanish], elbo)} (5-gram "
            + $"{string.Join(", ", kinds.Select(kind => Area(study[kind], fiveGram)))})")
        .Expect("length alone does not separate them", study => (
            kinds.All(kind => Math.Abs(study[kind][length] - 0.5) < 1e-9),
            string.Join(", ", kinds.Select(kind => StudyResults.Text(study[kind][length])))))
        .Expect("the VAE finds shuffled words: AUC of −ELBO per token at least 0.9", study => study.AtLeast(elbo.PerToken, Shuffled, 0.9))
        .Expect("the VAE finds Spanish: AUC of −ELBO per token at least 0.95", study => study.AtLeast(elbo.PerToken, Spanish, 0.95))
        .Expect("other authors of English are found by −ELBO per token, with AUC at least 0.6", study => (
            study[English][elbo.PerToken] >= 0.6 && study[Examples][elbo.PerToken] >= 0.6,
            $"{Area(study[English], elbo)} and {Area(study[Examples], elbo)}"));
});

record Score(Metric PerToken, Metric PerSentence, Func<SentenceScores, IReadOnlyList<double>> Nats);
