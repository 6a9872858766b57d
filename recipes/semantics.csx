#!/usr/bin/env dotnet-script
// What does a small labelled text gain from knowledge that it does not hold itself: word vectors learned from much other text, or labels?
// VAEs and language models of a few thousand dictionary definitions begin with random vectors or with skip-gram vectors; and a
// classifier on the latent code can be trained beside a VAE.
//
//   textvae run recipes/semantics.csx
#load "prelude.csx"

return Recipe.Run(Args, "semantics", "Word vectors and labels as knowledge", recipe =>
{
    string[] labels = ["noun.person", "noun.animal", "noun.plant", "noun.artifact", "noun.location", "noun.communication", "noun.food"];
    string[] asked = ["dog", "bread", "city", "river", "doctor", "music", "red", "write"];
    var vae = recipe.Configure(new LstmVaeConfig { EmbeddingSize = 100, HiddenSize = 128, LatentSize = 16, Dropout = 0.4 },
        smoke: config => config with { EmbeddingSize = 16, HiddenSize = 16 },
        full: config => config with { EmbeddingSize = 256, HiddenSize = 512 });
    var lm = new RecurrentLmConfig { EmbeddingSize = vae.EmbeddingSize, HiddenSize = vae.HiddenSize, Dropout = vae.Dropout };
    var training = recipe.Configure(new TrainingOptions { Epochs = 6, LearningRate = 2e-3 },
        smoke: options => options with { Epochs = 1 }, full: options => options with { Epochs = 30 });
    var vectorTraining = recipe.Configure(new TrainingOptions { Epochs = 2, BatchSize = 128, LearningRate = 3e-3 }, prefix: "vector",
        smoke: options => options with { Epochs = 1 }, full: options => options with { Epochs = 10 });
    var pairs = recipe.Configure(new SkipGramOptions());
    var (freeNats, labelWeight) = (recipe.Parameter("free-nats", standard: 4.0), recipe.Parameter("label-weight", standard: 5.0));
    var labelled = recipe.Parameter("labelled", standard: 4000, smoke: 150, full: 20_000);
    var held = recipe.Parameter("held-out", standard: 2000, smoke: 60, full: 10_000);
    var tests = recipe.Parameter("test-sentences", standard: 400, smoke: 30);
    var iwSamples = recipe.Parameter("iw-samples", standard: 50, smoke: 2, full: 500);
    var readsNovels = recipe.Parameter("novels", standard: true, smoke: false);
    var seeds = recipe.Parameter("seeds", standard: 1, full: 3);
    var data = recipe.Data("wordnet", new TextOptions { MaxTokens = 12, MaxVocabulary = 5000 },
        smoke: options => options with { MaxVocabulary = 800, MaxTrainSentences = 1500 },
        full: options => options with { MaxTokens = 30, MaxVocabulary = 20_000 });

    EncodedSentences Labelled(EncodedSentences part, int count) => part.WithClasses(labels).EvenlySpaced(count);
    var (train, validation, test) = (Labelled(data.Train, labelled), Labelled(data.Validation, held), Labelled(data.Test, held));
    var (vocabulary, judged) = (data.Tokenizer.Vocabulary, test.EvenlySpaced(tests));
    var commonest = labels.Select((_, c) => test.Classes!.Average(own => own == c ? 1.0 : 0)).Max();
    var objective = new ElboObjective { KlWeight = KlSchedule.Linear(2), FreeBits = new FreeBits { Nats = freeNats / vae.LatentSize } };
    // All definitions but those held out, and six novels.
    IEnumerable<string> Novels() => TextData.Load("austen", new TextOptions { MaxTokens = 60 }).Train.Texts;
    IEnumerable<int[]> Encode(IEnumerable<string> texts) => texts.Select(text => data.Tokenizer.EncodeToIds(text).ToArray());
    IReadOnlyList<int[]> Text() => [.. data.Train, .. readsNovels ? Encode(Novels()) : []];
    var vectors = new PretrainedVectors(vocabulary.Count, vae.EmbeddingSize, Text, data.Validation, pairs, vectorTraining);

    const string SkipGram = "skip-gram", RandomLm = "LSTM, random vectors", GivenLm = "LSTM, skip-gram vectors";
    const string Random = "VAE, random vectors", Given = "VAE, skip-gram vectors";
    const string RandomLabels = "VAE, random vectors, labels", GivenLabels = "VAE, skip-gram vectors, labels";
    var (neighbours, pairLoss) = (new Metric("label of neighbours", "0.0%", Best.Highest), new Metric("loss per pair"));
    var (ppl, nll) = (Metric.Perplexity, Metric.Nll);
    string Share(StudyRow row) => row[neighbours].ToString("0%");
    string Near(WordVectors vectors, int word) => string.Join(", ", vectors.Nearest(word, 6).Select(near => vocabulary[near.Index]));
    void RecordNearest(Variant variant, WordVectors vectors) => variant.Record("Nearest words", ["word", "nearest"],
        asked.Where(vocabulary.Contains).Select(word => new[] { word, Near(vectors, vocabulary.IdOf(word)) }));

    void TrainVae(Variant variant, WordVectors? vectors, double weight)
    {
        var model = variant.Build(() => new ClassifiedVae(vae.Build(vocabulary.Count), labels.Length));
        vectors?.Initialise(model.Vae);
        variant.Train(new ClassifiedVaeTask(model, train, validation, objective, weight), training);
        Evaluate(variant, model.Vae);
    }

    void Evaluate(Variant variant, TextVaeModel model)
    {
        variant.Record(VaeMetrics.Evaluate(model, test, variant.Seed));
        variant.Record(nll, ImportanceWeightedNll.Estimate(model, judged, iwSamples, variant.Seed));
        var (known, codes) = (model.EncodeMeans(train), model.EncodeMeans(test));
        variant.Record(neighbours, NeighbourLabels.Accuracy(known, train.Classes!, codes, test.Classes!));
        variant.Record("Sentences near in the latent space", NeighbourSentences.Of(codes, test, known, train, count: 6, neighbours: 3));
    }

    void TrainLm(Variant variant, WordVectors? vectors)
    {
        var model = variant.Build(() => lm.Build(vocabulary.Count));
        vectors?.Initialise(model);
        variant.Train(new LanguageModelTask(model, train, validation), training);
        variant.Record(Likelihood.Evaluate(model, judged));
        RecordNearest(variant, new WordVectors(model.get_parameter("embedding.weight")!, train));
    }

    return recipe.Study()
        .On($"{data.Summary}; {train.Count:N0} training definitions of {labels.Length} classes")
        .About("Knowledge from outside a small text: word vectors by skip-gram from all definitions and six novels, or the class of each "
            + "definition. **NLL** is of held-out definitions in nats per sentence, importance-weighted for a VAE; **label of neighbours** "
            + "the share of held-out definitions whose class is that of most of the ten training definitions nearest in the latent space.")
        .Columns(nll, ppl, Metric.Kl, Metric.MutualInformation, neighbours)
        .Seeds(seeds)
        .Variant(SkipGram, variant =>
        {
            RecordNearest(variant, vectors.For(variant));
            variant.Record(pairLoss, variant.Curve($"{PretrainedVectors.Name}: validation loss").Y.Min());
        })
        .Variant(RandomLm, variant => TrainLm(variant, null))
        .Variant(GivenLm, variant => TrainLm(variant, vectors.For(variant)))
        .Variant(Random, variant => TrainVae(variant, null, weight: 0))
        .Variant(Given, variant => TrainVae(variant, vectors.For(variant), weight: 0))
        .Variant(RandomLabels, variant => TrainVae(variant, null, labelWeight))
        .Variant(GivenLabels, variant => TrainVae(variant, vectors.For(variant), labelWeight))
        .Report(report => report
            .Section("Learning", "All variants read the same few thousand definitions the same number of times. With vectors from outside "
                + "they begin by knowing which words are alike.")
            .Figure("validation", report.Curves("validation loss", y: "nats per sentence", markers: true),
                "−log p of the validation sentences for a language model, −ELBO for a VAE.")
            .Section("What the latent code carries",
                "A VAE that is not told the classes keeps what helps to generate the sentence; one that is told keeps the class.")
            .Figure("labels", report.Bars(neighbours).YRange(0, 1).HLine(commonest), "The share of held-out definitions with the label of "
                + "their neighbours; dashed: what always naming the commonest class would give.")
            .Section("Nearest words", "By skip-gram vectors, and by a language model's after the few definitions.").Texts("Nearest words")
            .Section("Nearest sentences", "Held-out definitions, and the training definitions nearest to them in the latent space.")
            .Texts("Sentences near in the latent space"))
        .Headline("Word vectors and labels as external knowledge", "000", study =>
            $"LSTM PPL {study[RandomLm].Format(ppl)} → {study[GivenLm].Format(ppl)} with skip-gram vectors; neighbours' label "
            + $"{Share(study[Random])} → {Share(study[Given])} with vectors, {Share(study[RandomLabels])} with labels")
        .Expect("skip-gram vectors lower the language model's perplexity by 2 %", study =>
            study.Less(ppl, GivenLm, RandomLm, margin: 0.02 * study[RandomLm][ppl]))
        .Expect("they lower the VAE's NLL", study => study.Less(nll, Given, Random, margin: 0.1))
        .Expect("labels put the class into the code: 25 points more of the neighbours agree", study =>
            study.Less(neighbours, Random, RandomLabels, 0.25))
        .Expect("for the class, labels are worth more than vectors: 20 points", study => study.Less(neighbours, Given, RandomLabels, 0.2))
        .Expect("labels do not cost likelihood: NLL within half a nat", study => study.AtMost(nll, RandomLabels, study[Random][nll] + 0.5));
});
