#!/usr/bin/env dotnet-script
// What a small labelled text gains from knowledge that it does not hold itself: word vectors learned from much other text, or labels.
// VAEs and language models of a few thousand dictionary definitions begin with random vectors or with skip-gram vectors; and a
// classifier on the code can be trained beside a VAE.
//
//   textvae run recipes/semantics.csx
#load "prelude.csx"

return Recipe.Run(Args, "semantics", "Word vectors and labels as knowledge", recipe =>
{
    string[] labels = ["noun.person", "noun.animal", "noun.plant", "noun.artifact", "noun.location", "noun.communication", "noun.food"];
    var few = recipe.Parameter("labelled", standard: 4000, smoke: 150, full: 20_000);
    var novels = new Lazy<TextData>(() => TextData.Load("austen", new TextOptions { MaxTokens = 60 }));
    var width = recipe.Parameter("width", standard: 100, smoke: 16, full: 256);
    var hidden = recipe.Parameter("hidden", standard: 128, smoke: 16, full: 512);
    var latent = recipe.Parameter("latent", standard: 16);
    var dropout = recipe.Parameter("dropout", standard: 0.4);
    var freeNats = recipe.Parameter("free-nats", standard: 4.0);
    var labelWeight = recipe.Parameter("label-weight", standard: 5.0);
    var iwSamples = recipe.Parameter("iw-samples", standard: 50, smoke: 2, full: 500);
    var tests = recipe.Parameter("test-sentences", standard: 400, smoke: 30);
    var training = new TrainingOptions { Epochs = recipe.Parameter("epochs", standard: 6, smoke: 1, full: 30), LearningRate = 2e-3 };
    var pairs = new SkipGramOptions { Window = recipe.Parameter("window", standard: 5), Negatives = recipe.Parameter("negatives", standard: 5) };
    var reading = new TrainingOptions
    {
        Epochs = recipe.Parameter("vector-epochs", standard: 2, smoke: 1, full: 10),
        BatchSize = 128,
        LearningRate = recipe.Parameter("vector-learning-rate", standard: 3e-3),
    };
    var readsNovels = recipe.Parameter("novels", standard: true, smoke: false);

    var held = recipe.Parameter("held-out", standard: 2000, smoke: 60, full: 10_000);
    var seeds = recipe.Parameter("seeds", standard: 1, full: 3);
    var data = recipe.Data("wordnet", new TextOptions
    {
        MaxTokens = recipe.Parameter("max-tokens", standard: 12, full: 30),
        MaxVocabulary = recipe.Parameter("vocabulary", standard: 5000, smoke: 800, full: 20_000),
        MaxTrainSentences = recipe.Parameter("sentences", standard: 0, smoke: 1500),
    });
    var vocabulary = data.Tokenizer.Vocabulary.Count;
    var (train, validation, test) = (data.Train.WithClasses(labels).EvenlySpaced(few), data.Validation.WithClasses(labels).EvenlySpaced(held), data.Test.WithClasses(labels).EvenlySpaced(held));
    var chance = labels.Select((_, c) => test.Classes!.Average(own => own == c ? 1.0 : 0)).Max();
    // All definitions but those held out, and six novels.
    var text = new Lazy<int[][]>(() => [.. data.Train, .. readsNovels ? novels.Value.Train.Select((_, i) => data.Tokenizer.EncodeToIds(novels.Value.Train.Source(i).Text).ToArray()) : []]);
    var learned = new Dictionary<ulong, WordVectors>();
    WordVectors Vectors(Variant member)
    {
        if (learned.TryGetValue(member.Seed, out var known))
            return known;
        var model = member.Build(() => new SkipGram(vocabulary, width));
        member.Train(new SkipGramTask(model, text.Value, data.Validation, pairs), reading, "vectors");
        return learned[member.Seed] = new WordVectors(model.Table, text.Value);
    }

    string[] asked = ["dog", "bread", "city", "river", "doctor", "music", "red", "write"];
    void RecordNearest(Variant member, WordVectors vectors) =>
        member.Record("Nearest words", ["word", "nearest"], asked.Where(data.Tokenizer.Vocabulary.Contains).Select(word => new[]
        {
            word, string.Join(", ", vectors.Nearest(data.Tokenizer.Vocabulary.IdOf(word), 6).Select(near => data.Tokenizer.Vocabulary[near.Index])),
        }));

    void TrainVae(Variant member, bool vectors, double weight)
    {
        var objective = new ElboObjective { KlWeight = KlSchedule.Linear(2), FreeBits = new FreeBits { Nats = freeNats / latent } };
        var knowledge = vectors ? Vectors(member) : null;
        var model = member.Build(() => new ClassifiedVae(new LstmVaeConfig { EmbeddingSize = width, HiddenSize = hidden, LatentSize = latent, Dropout = dropout }.Build(vocabulary), labels.Length));
        knowledge?.Initialise(model.Vae);
        member.Train(new ClassifiedVaeTask(model, train, validation, objective, weight), training);

        var elbo = VaeMetrics.Evaluate(model.Vae, test, member.Seed);
        member.Record("KL", elbo.Kl);
        member.Record("MI", elbo.MutualInformation);
        member.Record("NLL", ImportanceWeightedNll.Estimate(model.Vae, test.EvenlySpaced(tests), iwSamples, member.Seed).Mean);
        var (known, codes) = (model.Vae.EncodeMeans(train), model.Vae.EncodeMeans(test));
        member.Record("label of neighbours", NeighbourLabels.Accuracy(known, train.Classes!, codes, test.Classes!));
        var nearest = NeighbourLabels.Nearest(codes[..6], known, 3);
        member.Record("Sentences near in the latent space", ["definition", "label", "nearest training definitions"], Enumerable.Range(0, 6).Select(i => new[]
        {
            test.Source(i).Text, test.Source(i).Label,
            string.Join(" · ", nearest[i].data<long>().ToArray().Select(place => $"{train.Source((int)place).Text} ({train.Source((int)place).Label})")),
        }));
    }

    void TrainLm(Variant member, bool vectors)
    {
        var knowledge = vectors ? Vectors(member) : null;
        var model = member.Build(() => new RecurrentLmConfig { EmbeddingSize = width, HiddenSize = hidden, Dropout = dropout }.Build(vocabulary));
        knowledge?.Initialise(model);
        member.Train(new LanguageModelTask(model, train, validation), training);
        var likelihood = Likelihood.Evaluate(model, test.EvenlySpaced(tests));
        member.Record("NLL", likelihood.Nll);
        member.Record("PPL", likelihood.Perplexity);
        RecordNearest(member, new WordVectors(model.get_parameter("embedding.weight")!, train.ToArray()));
    }

    return recipe.Study()
        .On($"{data.Summary}; {train.Count:N0} training definitions of {labels.Length} classes")
        .About("Knowledge from outside a small text: word vectors by skip-gram from all definitions and six novels, or the class of each definition. **NLL** is of held-out definitions, nats a sentence, importance-weighted for a VAE; **label of neighbours** the share of held-out definitions whose class is that of most of the ten training definitions nearest in the latent space.")
        .Column("NLL", best: Best.Lowest).Column("PPL", "0.0").Column("KL").Column("MI").Column("label of neighbours", "0.0%", Best.Highest)
        .Seeds(seeds)
        .Variant("skip-gram", member =>
        {
            RecordNearest(member, Vectors(member));
            member.Record("loss of a pair", member.Curve("vectors: validation loss").Y.Min());
        })
        .Variant("LSTM, random vectors", member => TrainLm(member, false))
        .Variant("LSTM, skip-gram vectors", member => TrainLm(member, true))
        .Variant("VAE, random vectors", member => TrainVae(member, false, 0))
        .Variant("VAE, skip-gram vectors", member => TrainVae(member, true, 0))
        .Variant("VAE, random vectors, labels", member => TrainVae(member, false, labelWeight))
        .Variant("VAE, skip-gram vectors, labels", member => TrainVae(member, true, labelWeight))
        .Report(report => report
            .Section("Learning", "All members read the same few thousand definitions the same number of times. With vectors from outside they begin by knowing which words are alike.")
            .Figure("validation", Figure.Of(report.Series("validation loss").Select(curve => Line.Of(curve.Series.X, curve.Series.Y, curve.Variant, markers: true))).X("epoch").Y("nats a sentence"), "The validation sentences' −log p of a language model, −ELBO of a VAE.")
            .Section("What the code tells", "A VAE that is not told the classes keeps in its code what helps to write the sentence; one that is told keeps the class.")
            .Figure("labels", Figure.Of(Bar.Of(
                report.Results.Rows.Where(row => double.IsFinite((row.Find("label of neighbours") ?? double.NaN))).Select(row => row.Name),
                report.Results.Rows.Where(row => double.IsFinite((row.Find("label of neighbours") ?? double.NaN))).Select(row => (row.Find("label of neighbours") ?? double.NaN)))).Y("label of neighbours").YRange(0, 1).HLine(chance).Height(340), "The share of held-out definitions with the label of their neighbours; dashed: what always naming the commonest class would give.")
            .Section("Nearest words", "By the skip-gram vectors, and by the vectors that a language model ends with after the few definitions.").Texts("Nearest words")
            .Section("Nearest sentences", "Held-out definitions, and the training definitions nearest to them in the latent space.").Texts("Sentences near in the latent space"))
        .Headline("Word vectors and labels as external knowledge", "000", study => FormattableString.Invariant(
            $"LSTM PPL {study["LSTM, random vectors"]["PPL"]:0.0} → {study["LSTM, skip-gram vectors"]["PPL"]:0.0} with skip-gram vectors; neighbours' label {study["VAE, random vectors"]["label of neighbours"]:0%} → {study["VAE, skip-gram vectors"]["label of neighbours"]:0%} with vectors, {study["VAE, random vectors, labels"]["label of neighbours"]:0%} with labels"))
        .Expect("skip-gram vectors lower the language model's perplexity by 2 %", study => study.Less("PPL", "LSTM, skip-gram vectors", "LSTM, random vectors", margin: 0.02 * study["LSTM, random vectors"]["PPL"]))
        .Expect("they lower the VAE's NLL", study => study.Less("NLL", "VAE, skip-gram vectors", "VAE, random vectors", margin: 0.1))
        .Expect("labels make the code tell the class: 25 points more of the neighbours agree", study => study.Less("label of neighbours", "VAE, random vectors", "VAE, random vectors, labels", margin: 0.25))
        .Expect("for the class, labels are worth more than vectors: 20 points", study => study.Less("label of neighbours", "VAE, skip-gram vectors", "VAE, random vectors, labels", margin: 0.2))
        .Expect("labels do not cost likelihood: NLL within half a nat", study => study.AtMost("NLL", "VAE, random vectors, labels", study["VAE, random vectors"]["NLL"] + 0.5));
});
