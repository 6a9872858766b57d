#!/usr/bin/env dotnet-script
// Which latent dimension carries what, and what does the whole code carry? Single dimensions by mutual information, whole codes by probes,
// MIG and DCI beside those of the same codes turned at random, and what a weight on the total correlation (β-TCVAE) changes.
//
//   textvae run recipes/latent-dimensions.csx
#load "prelude.csx"

return Recipe.Run(Args, "latent-dimensions", "Which dimension carries what?", recipe =>
{
    string[] labels = ["noun.person", "noun.animal", "noun.plant", "noun.artifact", "noun.substance", "noun.location", "noun.food"];
    var config = recipe.Configure(
        new LstmVaeConfig { EmbeddingSize = 96, HiddenSize = 96, LatentSize = 16, Dropout = 0.3 },
        smoke: of => of with { EmbeddingSize = 16, HiddenSize = 16, LatentSize = 4 }, full: of => of with { HiddenSize = 512 });
    var elbo = new ElboObjective { KlWeight = KlSchedule.Constant(recipe.Parameter("beta", standard: 0.1)) };
    var independent = elbo with { TotalCorrelation = new TotalCorrelation { Weight = recipe.Parameter("tc-weight", standard: 10.0) } };
    var training = recipe.Configure(new TrainingOptions { Epochs = 5, LearningRate = 2e-3 },
        smoke: options => options with { Epochs = 1 }, full: options => options with { Epochs = 30 });
    var information = recipe.Configure(new InformationOptions(), smoke: _ => new() { Bins = 3, Shuffles = 2, ProbeSteps = 5 });
    var (examples, walks) = (recipe.Parameter("examples", standard: 2000, smoke: 60), recipe.Parameter("walks", standard: 200, smoke: 4));
    var (rotations, definitions) = (recipe.Parameter("rotations", 5, smoke: 1), recipe.Parameter("definitions", 14_000, 300, full: 0));
    var austen = recipe.Data(
        "austen",
        new TextOptions { MaxTokens = 14, MaxVocabulary = 2500, MaxTrainSentences = 7000, Test = 0.15 },
        smoke: options => options with { MaxVocabulary = 500, MaxTrainSentences = 300 },
        full: options => options with { MaxTokens = 30, MaxVocabulary = 10_000, MaxTrainSentences = 0 });
    var wordnet = TextData.Load("wordnet", austen.Options with { MaxTrainSentences = definitions, Corpus = CorpusOptions.Default });

    const string Austen = "Austen", Independent = "Austen, β-TCVAE", WordNet = "WordNet's definitions";
    const string Length = "length", Tense = "tense", End = "end", Book = "book", Class = "class";
    var (mig, correlation) = (RecordedDisentanglement.Mig, RecordedDisentanglement.TotalCorrelation);
    var (shorter, longer) = (new Metric("tokens, one end", "0.0"), new Metric("tokens, other end", "0.0"));
    var greedy = GenerationOptions.Greedy with { Processors = [new NoRepeatNGram(3)], MaxTokens = 30 };

    TextVaeModel Train(Variant variant, TextData data, EncodedSentences train, EncodedSentences validation, ElboObjective objective)
    {
        var model = variant.Build(() => config.Build(data.Tokenizer.Vocabulary.Count));
        variant.Train(new VaeTask(model, train, validation.EvenlySpaced(examples / 4), objective), training);
        return model;
    }

    void Examine(Variant variant, TextVaeModel model, TextData data, EncodedSentences sentences, Dictionary<string, int[]> classes)
    {
        var codes = LatentCodes.Encode(model, sentences, variant.Seed);
        Measure(variant, model, sentences, codes, [.. classes.Values]);
        foreach (var (attribute, values) in classes)
            Walk(variant, model, data, codes, attribute, variant.Record(attribute, values, codes, information).Best);
    }

    void Measure(Variant variant, TextVaeModel model, EncodedSentences sentences, LatentCodes codes, int[][] classes)
    {
        variant.Record(VaeMetrics.Evaluate(model, sentences, variant.Seed));
        variant.Record(KlDecomposition.Evaluate(model, sentences, variant.Seed));
        var turned = Disentanglement.EvaluateRotated(codes.Samples, classes, rotations, variant.Seed);
        variant.Record(Disentanglement.Evaluate(codes.Samples, classes, variant.Seed), turned);
    }

    // Over the prior's range, which codes fill even where posterior means do not.
    void Walk(Variant variant, TextVaeModel model, TextData data, LatentCodes codes, string attribute, int dimension)
    {
        var texts = model.Generate(codes.Traverse(dimension, -3, 3, steps: 7), greedy).Select(data.Tokenizer.Decode);
        var rows = texts.Select((text, i) => new[] { $"{i - 3:0.00}", text });
        variant.Record($"{attribute}: dimension {dimension}, everything else at its mean", ["z", "text"], rows);
        if (attribute == Length)
            RecordLengths(variant, model, codes, dimension);
    }

    // Does the dimension cause the attribute it correlates with? Codes of real sentences with this one dimension moved to either end.
    void RecordLengths(Variant variant, TextVaeModel model, LatentCodes codes, int dimension)
    {
        double LengthAt(double value) => model.Generate(codes.Moved(dimension, value, walks), greedy).Average(ids => (double)ids.Length);
        double[] ends = [.. new[] { LengthAt(-2), LengthAt(2) }.Order()];
        variant.Record((shorter, ends[0]), (longer, ends[1]));
    }

    Action<Variant> OnAusten(ElboObjective objective) => variant =>
    {
        var (model, test) = (Train(variant, austen, austen.Train, austen.Validation, objective), austen.Test.EvenlySpaced(examples));
        var (tenses, marks) = (SentenceAttributes.Tenses(test), SentenceAttributes.LastMarks(test, austen.Tokenizer));
        var books = SentenceAttributes.Labels(test);
        Examine(variant, model, austen, test, new() { [Length] = Lengths(test), [Tense] = tenses, [End] = marks, [Book] = books });
    };
    int[] Lengths(EncodedSentences sentences) => SentenceAttributes.Lengths(sentences, Math.Min(4, information.Bins));
    Check Told(StudyResults study, string variant, string attribute, double more) => study.AtLeast(
        RecordedInformation.MlpAccuracy(attribute), variant, study[variant][RecordedInformation.Majority(attribute)] + more);
    double OfBest(StudyRow row, string of) => row[RecordedInformation.Information(of)] / row[RecordedInformation.Chance(of)];
    string OfAxes(StudyRow row) => $"KL {row.Format(Metric.Kl)}, of it total correlation {row.Format(correlation)}, MIG {row.Format(mig)}";
    string OfMajority(StudyRow row, string attribute) =>
        $"{row.Format(RecordedInformation.MlpAccuracy(attribute))} ({row.Format(RecordedInformation.Majority(attribute))})";
    return recipe.Study()
        .On($"{austen.Summary}; {wordnet.Summary}")
        .About("**index-code MI**, **TC** and **dim.-wise KL** add up to the KL. **MIG**, **D**, **C** and **I** (DCI) ask whether single "
            + "dimensions of z ~ q(z|x) stand for single attributes; **rotated**: the same of codes turned at random, whose axes mean "
            + "nothing. Tense is by rule: was, were, had, did or -ed against is, are, am, has, have, do, does; end is the last mark.")
        .Columns([Metric.Reconstruction, Metric.Kl, Metric.ActiveUnits, .. RecordedDisentanglement.Metrics, shorter, longer])
        .Variant(Austen, OnAusten(elbo))
        .Variant(Independent, OnAusten(independent))
        .Variant(WordNet, variant =>
        {
            var model = Train(variant, wordnet, wordnet.Train.WithClasses(labels), wordnet.Validation.WithClasses(labels), elbo);
            var sentences = wordnet.Test.WithClasses(labels).EvenlySpaced(examples);
            Examine(variant, model, wordnet, sentences, new() { [Length] = Lengths(sentences), [Class] = [.. sentences.Classes!] });
        })
        .Report(report => report
            .Section("Attributes", "Information of the best dimension of z ~ q(z|x) and of the whole code; a probe's is a lower bound.")
            .AttributeTable([Length, Tense, End, Book, Class])
            .Section("Dimension by attribute", "Mutual information in nats of the bin of a dimension and the attribute.")
            .InformationMaps([Length, Tense, End, Book, Class])
            .Section("Walks", "The most informative dimension of each attribute moved from −3 to 3, decoded greedily.").Texts())
        .Headline("Interpretability: what a code carries", "000, 003", study => "whole code, MLP (commonest class): length "
            + $"{OfMajority(study[Austen], Length)}, last mark {OfMajority(study[Austen], End)}, tense {OfMajority(study[Austen], Tense)}, "
            + $"class {OfMajority(study[WordNet], Class)}; {OfAxes(study[Austen])}; with β-TCVAE {OfAxes(study[Independent])}")
        .Expect("the whole code tells the last mark", study => Told(study, Austen, End, 0.05))
        .Expect("the whole code tells the class", study => Told(study, WordNet, Class, 0.02))
        .Expect("a dimension has more than twice the information about last mark and tense that chance reaches", study => (
            Math.Min(OfBest(study[Austen], End), OfBest(study[Austen], Tense)) > 2, $"{OfBest(study[Austen], End):0.0} times, the mark"))
        .Expect("yet no dimension stands for an attribute, with β-TCVAE neither: MIG at most 0.1", study => (
            study.Rows.All(row => row[mig] <= 0.1), string.Join(", ", study.Rows.Select(row => row.Format(mig)))))
        .Expect("a weight on it lowers the total correlation", study => study.Less(correlation, Independent, Austen, margin: 0.5))
        .Expect("and takes information from the code", study => study.Less(RecordedDisentanglement.IndexCode, Independent, Austen, 0.5));
});
