#!/usr/bin/env dotnet-script
// Does a conditional VAE p(x | z, c) generate text of a wanted class? It generates dictionary definitions; an independent classifier,
// trained on real definitions, judges whether what it generated is of the class.
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
    var training = recipe.Configure(
        new TrainingOptions { Epochs = 6, LearningRate = 2e-3 },
        smoke: options => options with { Epochs = 1 },
        full: options => options with { Epochs = 20 });
    var half = training with { Epochs = Math.Max(1, training.Epochs / 2) };
    var freeBits = new FreeBits { Nats = recipe.Parameter("free-nats", standard: 2.0) / plain.LatentSize };
    var perClass = recipe.Parameter("samples", standard: 200, smoke: 5);
    var iwSamples = recipe.Parameter("iw-samples", standard: 100, smoke: 2);
    var temperature = recipe.Parameter("temperature", standard: 0.8);
    var data = recipe.Data(
        "wordnet",
        new TextOptions { MaxTokens = 12, MaxVocabulary = 4000, MaxTrainSentences = 60_000 },
        smoke: options => options with { MaxVocabulary = 1000, MaxTrainSentences = 1500 },
        full: options => options with { MaxTokens = 30, MaxVocabulary = 15_000, MaxTrainSentences = 0 });
    var (train, validation, test) = (data.Train.WithClasses(labels), data.Validation.WithClasses(labels), data.Test.WithClasses(labels));
    var vocabulary = data.Tokenizer.Vocabulary.Count;
    var judge = new Lazy<LabelClassifier>(() => LabelClassifier.Train(train, validation, vocabulary, labels.Length, recipe.Seed));

    const string Real = "real definitions (held out)", Conditional = "conditional VAE", Plain = "VAE without classes";
    var (accuracy, nll) = (new Metric("label accuracy", "0.0%", Best.Highest), Metric.IwNll);
    var objective = new ElboObjective { KlWeight = KlSchedule.Linear(2) };
    var greedy = GenerationOptions.Greedy with { MaxTokens = 30 };
    GenerationOptions Sampling(double temperature) => GenerationOptions.Sample(new Temperature(temperature)) with { MaxTokens = 30 };
    IEnumerable<string[]> Rows(int label, IEnumerable<int[]> texts) =>
        texts.Select(ids => new[] { labels[label], data.Tokenizer.Decode(ids) });

    void Judge(Variant variant, Func<int, IReadOnlyList<int[]>> textsOf)
    {
        IReadOnlyList<int[]>[] texts = [.. labels.Select((_, label) => textsOf(label))];
        var judged = ClassAccuracy.Evaluate(judge.Value, texts);
        variant.Record(accuracy, judged.Mean);
        variant.Record("by class", labels.Select((_, label) => (double)label), judged.PerClass, labels);
        variant.Record("Texts", ["wanted", "text"], texts.SelectMany((of, label) => Rows(label, of.Take(4))));
    }

    void Evaluate(Variant variant, LstmVae model)
    {
        var metrics = VaeMetrics.Evaluate(model, test, variant.Seed);
        variant.Record((Metric.Kl, metrics.Kl), (Metric.MutualInformation, metrics.MutualInformation));
        variant.Record(nll, ImportanceWeightedNll.Estimate(model, test.EvenlySpaced(200), iwSamples, variant.Seed));
    }

    return recipe.Study()
        .On($"{data.Summary}; {train.Count:N0} training definitions of {labels.Length} classes")
        .About("One LSTM VAE that is told the class of what it reads and generates; one that is not told, as the chance level; and real "
            + "definitions, as the judge's own accuracy.")
        .Columns(accuracy, Metric.Kl, Metric.MutualInformation, nll)
        .Variant(Real, variant =>
        {
            Judge(variant, label => [.. test.OfClass(label)]);
            variant.Record(accuracy, judge.Value.Accuracy(test));
        })
        .Variant(Conditional, variant =>
        {
            var model = variant.Build(() => conditional.Build(vocabulary));
            variant.Train(new VaeTask(model, train, validation, objective with { FreeBits = freeBits }), training);
            Evaluate(variant, model);
            Judge(variant, label => model.GenerateClass(label, perClass, Sampling(temperature), variant.Seed));
            var texts = model.GenerateEveryClass(labels.Length, greedy, variant.Seed);
            variant.Record("One latent code, every class", ["class", "text"], texts.SelectMany((ids, label) => Rows(label, [ids])));
        })
        .Variant(Plain, variant =>
        {
            var model = variant.Build(() => plain.Build(vocabulary));
            variant.Train(new VaeTask(model, train, validation, objective), half);
            Judge(variant, label => model.Generate(perClass, Sampling(0.8), variant.Seed + (ulong)label));
        })
        .Report(report => report
            .Section("Accuracy by class")
            .Figure("accuracy", Figure.Of(report.Series("by class").Select(at => Bar.Of(at.Series.Labels!, at.Series.Y, at.Variant)))
                .Y("share judged to be of the wanted class").YFromZero().Height(360), "The judge has seen real definitions only.")
            .Section("What is generated").Texts())
        .Headline("Conditional VAE, controlled generation", "002", study =>
            $"label accuracy {study[Conditional].Format(accuracy)} over {labels.Length} classes (judge on real text "
            + $"{study[Real].Format(accuracy)})")
        .Expect("what the conditional VAE generates is judged to be of the wanted class at least four times in five", study =>
            study.AtLeast(accuracy, Conditional, 0.8))
        .Expect("the judge finds the class of a real definition at least four times in five", study => study.AtLeast(accuracy, Real, 0.8))
        .Expect("without classes the accuracy is near chance", study => study.AtMost(accuracy, Plain, 0.4));
});
