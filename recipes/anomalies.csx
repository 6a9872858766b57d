#!/usr/bin/env dotnet-script
// Sentences that do not belong: held-out Austen beside its own words shuffled, other authors and another language, told apart by an n-gram
// model and by three scores of a VAE. Every anomaly is paired with an Austen sentence of equal length, so that length tells nothing.
//
//   textvae run recipes/anomalies.csx
#load "prelude.csx"

return Recipe.Run(Args, "anomalies", "Which sentences are not Austen's?", recipe =>
{
    var config = new LstmVaeConfig
    {
        EmbeddingSize = recipe.Parameter("embedding", standard: 96, smoke: 16, full: 256),
        HiddenSize = recipe.Parameter("hidden", standard: 128, smoke: 16, full: 512),
        LatentSize = recipe.Parameter("latent", standard: 32, smoke: 4),
        Dropout = 0.3,
    };
    var objective = new ElboObjective { KlWeight = KlSchedule.Constant(recipe.Parameter("beta", standard: 0.25)) };
    var training = new TrainingOptions { Epochs = recipe.Parameter("epochs", standard: 5, smoke: 1, full: 30), LearningRate = 2e-3 };
    var most = recipe.Parameter("pairs", standard: 200, smoke: 15, full: 1000);
    var draws = recipe.Parameter("draws", standard: 10, smoke: 1);
    var iwSamples = recipe.Parameter("iw-samples", standard: 20, smoke: 2, full: 500);
    // Pieces of words, since a word that is not in the vocabulary would give a foreign text away, or hide it.
    var data = recipe.Data("austen", new TextOptions
    {
        Unit = TextUnit.Bpe,
        MaxTokens = recipe.Parameter("max-tokens", standard: 30, smoke: 20, full: 60),
        MaxVocabulary = recipe.Parameter("vocabulary", standard: 2000, smoke: 600, full: 10_000),
        MaxTrainSentences = recipe.Parameter("sentences", standard: 6000, smoke: 200, full: 0),
        Test = recipe.Parameter("test", standard: 0.08),
    });
    var vocabulary = data.Tokenizer.Vocabulary.Count;
    var ngram = new Lazy<NGramModel>(() => NGramModel.Train(data.Train, vocabulary, order: 5));
    string[] scores = ["5-gram", "rec.", "−ELBO", "IW-NLL"];

    // Nats a sentence, by each score.
    Dictionary<string, double[]> Score(Variant member, TextVaeModel model, EncodedSentences sentences)
    {
        var elbo = SentenceElbo.Evaluate(model, sentences, draws, member.Seed);
        var weighted = ImportanceWeightedNll.Estimate(model, sentences, iwSamples, member.Seed, done => member.Progress("importance-weighted NLL, sentence", done, sentences.Count));
        return new()
        {
            ["5-gram"] = [.. sentences.Select(sentence => ngram.Value.SentenceNll(sentence))],
            ["rec."] = [.. elbo.Reconstruction],
            ["−ELBO"] = [.. elbo.Negative],
            ["IW-NLL"] = [.. weighted.PerSentence],
        };
    }

    // Sentences in random order, each with a held-out one of as many tokens as long as there is one left.
    (EncodedSentences Ordinary, EncodedSentences Anomalous) Pair(Variant member, IEnumerable<Sentence> sentences)
    {
        var random = new StableRandom(StableRandom.Derive(member.Seed, 1));
        var held = Enumerable.Range(0, data.Test.Count).ToArray();
        random.Shuffle<int>(held);
        var free = held.GroupBy(i => data.Test[i].Length).ToDictionary(group => group.Key, group => new Queue<int>(group));
        var others = sentences.ToArray();
        random.Shuffle<Sentence>(others);
        var (ordinary, ids, sources) = (new List<int>(), new List<int[]>(), new List<Sentence>());
        foreach (var sentence in others)
        {
            int[] tokens = [.. data.Tokenizer.EncodeToIds(sentence.Text)];
            if (!free.TryGetValue(tokens.Length, out var partners) || !partners.TryDequeue(out var partner))
                continue;
            ordinary.Add(partner);
            ids.Add(tokens);
            sources.Add(sentence);
            if (ids.Count == most)
                break;
        }

        return (data.Test.Subset(ordinary), new EncodedSentences(ids, sources));
    }

    // The same tokens in another order, so that only the order is wrong.
    (EncodedSentences Ordinary, EncodedSentences Anomalous) Shuffled(Variant member)
    {
        var random = new StableRandom(StableRandom.Derive(member.Seed, 2));
        var ordinary = data.Test.Subset([.. Enumerable.Range(0, data.Test.Count).Where(i => data.Test[i].Length >= 6)]).EvenlySpaced(most);
        var words = ordinary.Select(sentence =>
        {
            var order = sentence.ToArray();
            random.Shuffle<int>(order);
            return order;
        }).ToArray();
        return (ordinary, new EncodedSentences(words, [.. words.Select((ids, i) => ordinary.Source(i) with { Text = data.Tokenizer.Decode(ids) })]));
    }

    void Compare(Variant member, (EncodedSentences Ordinary, EncodedSentences Anomalous) pairs)
    {
        using var model = config.Build(vocabulary);
        WeightFile.Read(Path.Combine(member.Folder, "..", "held-out Austen", "weights.safetensors"), model);
        var (ordinary, anomalous) = (Score(member, model, pairs.Ordinary), Score(member, model, pairs.Anomalous));
        double[] PerToken(double[] nats, EncodedSentences sentences) => [.. nats.Select((value, i) => value / (sentences[i].Length + 1))];
        foreach (var score in scores)
        {
            var curve = RocCurve.FromScores(PerToken(ordinary[score], pairs.Ordinary), PerToken(anomalous[score], pairs.Anomalous));
            member.Record(score, curve.Area);
            member.Record($"{score} a sentence", RocCurve.FromScores(ordinary[score], anomalous[score]).Area);
            member.Record($"ROC {score}", curve.FalseAlarms, curve.Found);
        }

        member.Record("pairs", pairs.Ordinary.Count);
        member.Record("length", RocCurve.FromScores([.. pairs.Ordinary.Select(ids => (double)ids.Length)], [.. pairs.Anomalous.Select(ids => (double)ids.Length)]).Area);
        member.Record("−ELBO a token", PerToken(anomalous["−ELBO"], pairs.Anomalous).Average());
        var ranked = PerToken(anomalous["−ELBO"], pairs.Anomalous).Select((value, i) => (value, i)).Order().ToArray();
        member.Record("The least and the most suspicious, by −ELBO a token", ["nats a token", "text"], ranked.Take(3).Concat(ranked.TakeLast(3))
            .Select(entry => new[] { FormattableString.Invariant($"{entry.value:0.00}"), pairs.Anomalous.Source(entry.i).Text }));
    }

    var study = recipe.Study()
        .On(data)
        .About("Area under the ROC curve (0.5: no better than chance, 1: all told apart) of four scores, nats a token; \"a sentence\": of their sums. rec. is the reconstruction error E[−log p(x|z)], IW-NLL the importance-weighted −log p(x). The column length shows that length alone tells nothing.")
        .Column("pairs", "0").Column("length");
    foreach (var score in scores)
        study = study.Column(score, "0.000", Best.Highest);
    foreach (var score in scores)
        study = study.Column($"{score} a sentence", "0.000");
    return study
        .Column("−ELBO a token")
        .Variant("held-out Austen", member =>
        {
            var model = member.Build(() => config.Build(vocabulary));
            member.Train(new VaeTask(model, data, objective), training);
            WeightFile.Write(Path.Combine(member.Folder, "weights.safetensors"), model);
            var sentences = data.Test.EvenlySpaced(most);
            member.Record("−ELBO a token", SentenceElbo.Evaluate(model, sentences, draws, member.Seed).Negative.Sum() / sentences.PredictedTokens);
        })
        .Variant("shuffled words", member => Compare(member, Shuffled(member)))
        .Variant("Bible, English", member => Compare(member, Pair(member, Corpus.Load("bible-english").Sentences)))
        .Variant("WordNet's examples", member => Compare(member, Pair(member, Corpus.Load("wordnet-examples").Sentences)))
        .Variant("Bible, Spanish", member => Compare(member, Pair(member, Corpus.Load("bible-spanish").Sentences)))
        .Report(report => report
            .Section("ROC curves", "Scores a token. A threshold moves along each curve: to the right more of Austen is called strange, upwards more of the strange is found.")
            .Figure("roc", Figure.Grid(2, [.. report.Results.Rows.Skip(1).Select(row => Figure.Of(scores.Select(score => Line.Of(row.First.Series[$"ROC {score}"].X, row.First.Series[$"ROC {score}"].Y, score))).X("share of Austen called strange").Y("share of the strange found").Title(row.Name))]), "Held-out Austen against each kind of other sentence.")
            .Section("Sentences").Texts())
        .Headline("Anomaly detection", "001, 003", study => FormattableString.Invariant(
            $"AUC by −ELBO a token: shuffled {study["shuffled words"]["−ELBO"]:0.00}, Bible {study["Bible, English"]["−ELBO"]:0.00}, WordNet's examples {study["WordNet's examples"]["−ELBO"]:0.00}, Spanish {study["Bible, Spanish"]["−ELBO"]:0.00} (5-gram {study["shuffled words"]["5-gram"]:0.00}, {study["Bible, English"]["5-gram"]:0.00}, {study["WordNet's examples"]["5-gram"]:0.00}, {study["Bible, Spanish"]["5-gram"]:0.00})"))
        .Expect("length alone tells nothing", study => (
            study.Rows.Skip(1).All(row => Math.Abs(row["length"] - 0.5) < 1e-9), string.Join(", ", study.Rows.Skip(1).Select(row => StudyResults.Text(row["length"])))))
        .Expect("the VAE finds shuffled words: AUC of −ELBO a token at least 0.9", study => study.AtLeast("−ELBO", "shuffled words", 0.9))
        .Expect("the VAE finds Spanish: AUC of −ELBO a token at least 0.95", study => study.AtLeast("−ELBO", "Bible, Spanish", 0.95))
        .Expect("other authors of English are found by −ELBO a token, with AUC at least 0.6", study => (
            study["Bible, English"]["−ELBO"] >= 0.6 && study["WordNet's examples"]["−ELBO"] >= 0.6,
            $"{StudyResults.Text(study["Bible, English"]["−ELBO"])} and {StudyResults.Text(study["WordNet's examples"]["−ELBO"])}"));
});
