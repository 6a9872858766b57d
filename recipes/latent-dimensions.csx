#!/usr/bin/env dotnet-script
// Which latent dimension carries what? The mutual information of each dimension, and of its posterior mean, with length, tense, last mark,
// book and class of held-out sentences, and what is generated on a walk along the most informative dimension.
//
//   textvae run recipes/latent-dimensions.csx
#load "prelude.csx"

return Recipe.Run(Args, "latent-dimensions", "Which dimension carries what?", recipe =>
{
    string[] labels = ["noun.person", "noun.animal", "noun.plant", "noun.artifact", "noun.substance", "noun.location", "noun.food"];
    var config = recipe.Configure(
        new LstmVaeConfig { EmbeddingSize = 96, HiddenSize = 96, LatentSize = 16, Dropout = 0.3 },
        smoke: config => config with { EmbeddingSize = 16, HiddenSize = 16, LatentSize = 4 },
        full: config => config with { EmbeddingSize = 256, HiddenSize = 512 });
    var objective = new ElboObjective { KlWeight = KlSchedule.Constant(recipe.Parameter("beta", standard: 0.1)) };
    var training = recipe.Configure(new TrainingOptions { Epochs = 5, LearningRate = 2e-3 },
        smoke: options => options with { Epochs = 1 }, full: options => options with { Epochs = 30 });
    var information = recipe.Configure(
        new InformationOptions { Bins = 8, Shuffles = 20 }, smoke: options => options with { Bins = 3, Shuffles = 2 });
    var examples = recipe.Parameter("examples", standard: 2000, smoke: 60);
    var walks = recipe.Parameter("walks", standard: 200, smoke: 4);
    var definitions = recipe.Parameter("definitions", standard: 14_000, smoke: 300, full: 0);
    var austen = recipe.Data(
        "austen",
        new TextOptions { MaxTokens = 14, MaxVocabulary = 2500, MaxTrainSentences = 7000, Test = 0.15 },
        smoke: options => options with { MaxVocabulary = 500, MaxTrainSentences = 300 },
        full: options => options with { MaxTokens = 30, MaxVocabulary = 10_000, MaxTrainSentences = 0 });
    var wordnet = TextData.Load("wordnet", austen.Options with { MaxTrainSentences = definitions, Corpus = CorpusOptions.Default });

    const string Austen = "Austen", WordNet = "WordNet's definitions";
    const string Length = "length", Tense = "tense", End = "end", Book = "book", Class = "class";
    string[] attributes = [Length, Tense, End, Book, Class];
    var (shorter, longer) = (new Metric("tokens, one end", "0.0"), new Metric("tokens, other end", "0.0"));
    var greedy = GenerationOptions.Greedy with { Processors = [new NoRepeatNGram(3)], MaxTokens = 30 };

    TextVaeModel Train(Variant variant, TextData data, EncodedSentences train, EncodedSentences validation)
    {
        var model = variant.Build(() => config.Build(data.Tokenizer.Vocabulary.Count));
        variant.Train(new VaeTask(model, train, validation.EvenlySpaced(examples / 4), objective), training);
        return model;
    }

    void Examine(Variant variant, TextVaeModel model, TextData data, EncodedSentences sentences, Dictionary<string, int[]> classes)
    {
        variant.Record(VaeMetrics.Evaluate(model, sentences, variant.Seed));
        var codes = LatentCodes.Encode(model, sentences, variant.Seed);
        foreach (var (attribute, values) in classes)
            Walk(variant, model, data, codes, attribute, variant.Record(attribute, values, codes, information).Best);
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
        var (low, high) = (LengthAt(-2), LengthAt(2));
        variant.Record((shorter, Math.Min(low, high)), (longer, Math.Max(low, high)));
    }

    Check Told(StudyResults study, string variant, string attribute)
    {
        var (told, chance) = (RecordedInformation.Information(attribute), RecordedInformation.Chance(attribute));
        return (study[variant][told] > 2 * study[variant][chance],
            $"{study[variant].Format(told)} nats, chance {study[variant].Format(chance)}");
    }

    string OfEntropy(StudyRow row, string attribute) =>
        $"{row[RecordedInformation.Information(attribute)]:0.00} of {row.Format(RecordedInformation.Entropy(attribute))}";

    return recipe.Study()
        .On($"{austen.Summary}; {wordnet.Summary}")
        .About("**I**: the most information that one dimension of z ~ q(z|x), which the decoder sees, has about an attribute of held-out "
            + "sentences, in nats; **mean**: the same of the posterior means, which may have more than gets through; **chance**: the "
            + "largest that any dimension reaches with the attribute shuffled; **H**: the entropy of the attribute. Tense is by rule: was, "
            + "were, had, did or a word in -ed against is, are, am, has, have, do, does; end is the last mark (. ? ! or another).")
        .Columns([Metric.Kl, Metric.ActiveUnits, .. attributes.SelectMany(RecordedInformation.Metrics), shorter, longer])
        .Variant(Austen, variant =>
        {
            var model = Train(variant, austen, austen.Train, austen.Validation);
            var sentences = austen.Test.EvenlySpaced(examples);
            Examine(variant, model, austen, sentences, new()
            {
                [Length] = SentenceAttributes.Lengths(sentences, Math.Min(4, information.Bins)),
                [Tense] = SentenceAttributes.Tenses(sentences),
                [End] = SentenceAttributes.LastMarks(sentences, austen.Tokenizer),
                [Book] = SentenceAttributes.Labels(sentences),
            });
        })
        .Variant(WordNet, variant =>
        {
            var model = Train(variant, wordnet, wordnet.Train.WithClasses(labels), wordnet.Validation.WithClasses(labels));
            var sentences = wordnet.Test.WithClasses(labels).EvenlySpaced(examples);
            var lengths = SentenceAttributes.Lengths(sentences, Math.Min(4, information.Bins));
            Examine(variant, model, wordnet, sentences, new() { [Length] = lengths, [Class] = [.. sentences.Classes!] });
        })
        .Report(report =>
        {
            report.Section("Dimension by attribute", "Mutual information in nats of the bin of a dimension and the attribute: of z as the "
                + "decoder sees it, and of the posterior means. An inactive dimension's mean may follow an attribute closely within a "
                + "range that the noise drowns.");
            foreach (var row in report.Results.Rows)
                report.InformationMaps(row, attributes);
            report.Section("Walks", "The most informative dimension of each attribute moved from −3 to 3, decoded greedily.").Texts();
        })
        .Headline("Interpretability: what a dimension carries", "000, 003", study => "most informative dimension, of the entropy: "
            + $"length {OfEntropy(study[Austen], Length)} nats, last mark {OfEntropy(study[Austen], End)}, tense "
            + $"{OfEntropy(study[Austen], Tense)}, class {OfEntropy(study[WordNet], Class)}")
        .Expect("a dimension has information about the last mark, more than twice what chance reaches", study => Told(study, Austen, End))
        .Expect("a dimension has information about tense, more than twice what chance reaches", study => Told(study, Austen, Tense))
        .Expect("a dimension has information about the class, more than twice what chance reaches", study => Told(study, WordNet, Class));
});
