#!/usr/bin/env dotnet-script
// Does a conditional VAE p(x | z, c) write text of a wanted class, and is it as varied as real text? It writes dictionary definitions; a
// classifier of real definitions judges their class. Beside it a language model p(x | c) without z, a VAE without classes, and as many real
// definitions, at several temperatures: stereotyped text is easy to judge.
//
//   textvae run recipes/controlled-generation.csx
#load "prelude.csx"

return Recipe.Run(Args, "controlled-generation", "Text of a wanted class", recipe =>
{
    string[] labels = ["noun.person", "noun.animal", "noun.plant", "noun.artifact", "noun.substance", "noun.location", "noun.food"];
    var plain = recipe.Configure(
        new LstmVaeConfig { EmbeddingSize = 128, HiddenSize = 160, LatentSize = 16, Dropout = 0.3 },
        smoke: config => config with { EmbeddingSize = 16, HiddenSize = 16 },
        full: config => config with { EmbeddingSize = 256, HiddenSize = 512 });
    var conditional = plain with { Classes = labels.Length };
    var without = new RecurrentLmConfig { EmbeddingSize = plain.EmbeddingSize, HiddenSize = plain.HiddenSize, Dropout = plain.Dropout };
    var training = recipe.Configure(
        new TrainingOptions { Epochs = 6, LearningRate = 2e-3 },
        smoke: options => options with { Epochs = 1 },
        full: options => options with { Epochs = 20 });
    var half = training with { Epochs = Math.Max(1, training.Epochs / 2) };
    var objective = new ElboObjective { KlWeight = KlSchedule.Linear(2) };
    var freeBits = new FreeBits { Nats = recipe.Parameter("free-nats", standard: 2.0) / plain.LatentSize };
    var (perClass, iwSamples) = (recipe.Parameter("samples", standard: 150, smoke: 5), recipe.Parameter("iw-samples", 100, smoke: 2));
    var (most, temperatures) = (recipe.Parameter("judge-definitions", 0, smoke: 1000), new[] { 0.6, 0.8, 1, 1.2 });
    var data = recipe.Data(
        "wordnet",
        new TextOptions { MaxTokens = 12, MaxVocabulary = 6000, Test = 0.15 },
        smoke: options => options with { MaxVocabulary = 1000, MaxTrainSentences = 1500 },
        full: options => options with { MaxTokens = 30, MaxVocabulary = 15_000 });
    var (train, validation, test) = (data.Train.WithClasses(labels), data.Validation.WithClasses(labels), data.Test.WithClasses(labels));
    var vocabulary = data.Tokenizer.Vocabulary.Count;

    var judge = new Lazy<ClassJudge>(() =>
        ClassJudge.Train(Corpus.Load(data.Train.Encoding!.Corpus), labels, data, recipe.Seed, most));

    const string Real = "real definitions (held out)", Reduced = "real, in the models' words", Conditional = "conditional VAE";
    const string Language = "language model with classes", Plain = "VAE without classes";
    var (accuracy, all, byWords) = (RecordedQuality.LabelAccuracy, new Metric("all held out", "0.0%"), new Metric("known words", "0.0%"));
    Metric[] variety = [RecordedQuality.SelfBleu, RecordedQuality.Distinct1, RecordedQuality.Distinct2];
    GenerationOptions At(double heat) => GenerationOptions.Sample(new Temperature(heat)) with { MaxTokens = 30 };
    IReadOnlyList<string> Decoded(IEnumerable<int[]> texts) => [.. texts.Select(ids => data.Tokenizer.Decode(ids))];
    EncodedSentences Own(int label) => data.Test.WithClasses([labels[label]]).EvenlySpaced(perClass);
    EncodedSentences Marked(EncodedSentences sentences) => sentences.WithClassTokens(vocabulary);
    int[] Known(int[] ids) => [.. ids.Where(id => id != Vocabulary.UnkId)];
    IReadOnlyList<string>[] OfEvery(Func<int, IReadOnlyList<string>> write) => [.. labels.Select((_, label) => write(label))];
    ControlledQuality Measure(IReadOnlyList<string>[] texts) => ControlledQuality.Evaluate(judge.Value.Classifier, texts);

    void Record(Variant variant, IReadOnlyList<string>[] texts)
    {
        variant.Record(Measure(texts), labels);
        var rows = texts.SelectMany((of, label) => of.Take(4).Select(text => new[] { labels[label], text }));
        variant.Record("Texts", ["wanted", "text"], rows);
    }

    // write: texts of a class as the options say.
    void Sample(Variant variant, Func<int, GenerationOptions, IReadOnlyList<int[]>> write)
    {
        IReadOnlyList<string>[] Hot(double heat) => OfEvery(label => Decoded(write(label, At(heat))));
        Record(variant, Hot(1));
        variant.Record([.. temperatures.Select(heat => Measure(Hot(heat)))], temperatures);
    }

    string Of(StudyRow row) => $"{row.Format(accuracy)} at self-BLEU {row.Format(variety[0])}, distinct-2 {row.Format(variety[2])}";

    return recipe.Study()
        .On($"{data.Summary}; {train.Count:N0} training definitions of {labels.Length} classes")
        .About($"Each system writes {perClass} definitions of each class by plain sampling. **label accuracy**: the share that the judge, "
            + "which has read real definitions, finds to be of its class; **self-BLEU**, **distinct-n**: how varied they are, beside as "
            + "many real ones. Real definitions hold words that the models do not have, so they are judged without these too. **all held "
            + "out**: the judge on all real ones, large classes counting more; **known words**: a judge of the models' words alone.")
        .Columns([accuracy, .. variety, all, byWords, Metric.Kl, Metric.MutualInformation, Metric.IwNll, Metric.Nll])
        .Variant(Real, variant =>
        {
            Record(variant, OfEvery(label => [.. Own(label).Texts]));
            var known = LabelClassifier.Train(train, validation, vocabulary, labels.Length, variant.Seed);
            variant.Record((all, judge.Value.Accuracy(test)), (byWords, known.Accuracy(test)));
            variant.Record(judge.Value, test);
        })
        .Variant(Reduced, variant => Record(variant, OfEvery(label => Decoded(Own(label).Select(Known)))))
        .Variant(Conditional, variant =>
        {
            var model = variant.Build(() => conditional.Build(vocabulary));
            variant.Train(new VaeTask(model, train, validation, objective with { FreeBits = freeBits }), training);
            variant.Record(VaeMetrics.Evaluate(model, test, variant.Seed));
            variant.Record(Metric.IwNll, ImportanceWeightedNll.Estimate(model, test.EvenlySpaced(200), iwSamples, variant.Seed));
            Sample(variant, (label, options) => model.GenerateClass(label, perClass, options, variant.Seed));
        })
        .Variant(Language, variant =>
        {
            var model = variant.Build(() => without.Build(vocabulary + labels.Length));
            variant.Train(new LanguageModelTask(model, Marked(train), Marked(validation)), training);
            variant.Record(Metric.Nll, Likelihood.Evaluate(model, Marked(test.EvenlySpaced(200)), given: 1).Nll);
            Sample(variant, (label, options) => model.GenerateClass(vocabulary, label, perClass, options, variant.Seed));
        })
        .Variant(Plain, variant =>
        {
            var model = variant.Build(() => plain.Build(vocabulary));
            variant.Train(new VaeTask(model, train, validation, objective), half);
            Record(variant, OfEvery(label => Decoded(model.Generate(perClass, At(1), variant.Seed + (ulong)label))));
        })
        .Report(report => report
            .Section("Accuracy and variety", "At lower temperatures text is more typical, and more alike. Real text marks the aim.")
            .Figure("variety", report.AccuracyByVariety(), "Lines: temperatures 0.6 to 1.2. Farther to the left is more varied.")
            .Figure("by-class", Figure.Of(report.Series("by class").Select(at => Bar.Of(at.Series.Labels!, at.Series.Y, at.Variant)))
                .Y("share judged to be of the wanted class").YFromZero().Height(360), "Plain sampling.")
            .Section("How far the judge can be trusted", "On definitions of documents that it has not read.")
            .Figure("judge-length", report.Curves(RecordedQuality.JudgeByLength, "accuracy", "words at most", true), "By length.")
            .Figure("judge-number", report.Curves(RecordedQuality.JudgeByNumber, "accuracy", "definitions read", true), "By number.")
            .Section("What is generated").Texts())
        .Headline("Conditional VAE, controlled generation", "002", study => $"label accuracy {Of(study[Conditional])}; language model with "
            + $"classes {Of(study[Language])}; real {Of(study[Real])}, in the models' words {Of(study[Reduced])}")
        .Expect("the judge finds the class of nearly nine real definitions in ten", study => study.AtLeast(all, Real, 0.88))
        .Expect("what the conditional VAE writes is judged to be of the wanted class four times in five", study =>
            study.AtLeast(accuracy, Conditional, 0.8))
        .Expect("it is as varied as real text in the same words", study => study.Less(variety[0], Conditional, Reduced, margin: -3))
        .Expect("a language model that is told the class once loses it more often", study => study.Less(accuracy, Language, Conditional))
        .Expect("without classes the accuracy is near chance", study => study.AtMost(accuracy, Plain, 0.3));
});
