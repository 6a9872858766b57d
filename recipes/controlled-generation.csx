#!/usr/bin/env dotnet-script
// A conditional VAE p(x | z, c) writes dictionary definitions of a wanted class; an independent classifier, trained on real definitions,
// judges whether what it wrote is of that class.
//
//   textvae run recipes/controlled-generation.csx
#load "prelude.csx"

return Recipe.Run(Args, "controlled-generation", "Text of a wanted class", recipe =>
{
    string[] labels = ["noun.person", "noun.animal", "noun.plant", "noun.artifact", "noun.substance", "noun.location", "noun.food"];
    var training = new TrainingOptions { Epochs = recipe.Parameter("epochs", standard: 6, smoke: 1, full: 20), LearningRate = 2e-3 };
    var perClass = recipe.Parameter("samples", standard: 200, smoke: 5);
    var embedding = recipe.Parameter("embedding", standard: 128, smoke: 16, full: 256);
    var hidden = recipe.Parameter("hidden", standard: 160, smoke: 16, full: 512);
    var latent = recipe.Parameter("latent", standard: 16);
    var freeNats = recipe.Parameter("free-nats", standard: 2.0);
    var iwSamples = recipe.Parameter("iw-samples", standard: 100, smoke: 2);
    var temperature = recipe.Parameter("temperature", standard: 0.8);
    var data = recipe.Data("wordnet", new TextOptions
    {
        MaxTokens = recipe.Parameter("max-tokens", standard: 12, full: 30),
        MaxVocabulary = recipe.Parameter("vocabulary", standard: 4000, smoke: 1000, full: 15_000),
        MaxTrainSentences = recipe.Parameter("sentences", standard: 60_000, smoke: 1500, full: 0),
    });
    var (train, validation, test) = (data.Train.WithClasses(labels), data.Validation.WithClasses(labels), data.Test.WithClasses(labels));
    var vocabulary = data.Tokenizer.Vocabulary.Count;
    var judge = new Lazy<LabelClassifier>(() => LabelClassifier.Train(train, validation, vocabulary, labels.Length, recipe.Seed));

    int[][] Of(EncodedSentences set, int label) => [.. Enumerable.Range(0, set.Count).Where(i => set.Classes![i] == label).Select(i => set[i])];
    void Judge(Variant member, Func<int, IReadOnlyList<int[]>> write)
    {
        var hits = new double[labels.Length];
        var shown = new List<string[]>();
        for (var c = 0; c < labels.Length; c++)
        {
            var texts = write(c);
            hits[c] = texts.Count == 0 ? double.NaN : judge.Value.Predict(texts).Average(predicted => predicted == c ? 1.0 : 0);
            shown.AddRange(texts.Take(4).Select(ids => new[] { labels[c], data.Tokenizer.Decode(ids) }));
        }

        member.Record("label accuracy", hits.Where(double.IsFinite).Average());
        member.Record("by class", hits.Select((_, c) => (double)c), hits, labels);
        member.Record("Texts", ["wanted", "text"], shown);
    }

    return recipe.Study()
        .On($"{data.Summary}; {train.Count:N0} training definitions of {labels.Length} classes")
        .About("One LSTM VAE told the class of what it reads and writes; one not told, as the chance level; and real definitions, as the judge's own accuracy.")
        .Column("label accuracy", "0.0%", Best.Highest).Column("KL").Column("MI").Column("IW-NLL", best: Best.Lowest)
        .Variant("real definitions (held out)", member =>
        {
            Judge(member, c => Of(test, c));
            member.Record("label accuracy", judge.Value.Accuracy(test));
        })
        .Variant("conditional VAE", member =>
        {
            var config = new LstmVaeConfig
            {
                EmbeddingSize = embedding, HiddenSize = hidden,
                LatentSize = latent, Dropout = 0.3, Classes = labels.Length,
            };
            var objective = new ElboObjective { KlWeight = KlSchedule.Linear(2), FreeBits = new FreeBits { Nats = freeNats / config.LatentSize } };
            var model = member.Build(() => config.Build(vocabulary));
            member.Train(new VaeTask(model, train, validation, objective), training);
            var elbo = VaeMetrics.Evaluate(model, test, member.Seed);
            member.Record("KL", elbo.Kl);
            member.Record("MI", elbo.MutualInformation);
            member.Record("IW-NLL", ImportanceWeightedNll.Estimate(model, test.EvenlySpaced(200), iwSamples, member.Seed).Mean);
            Judge(member, c =>
            {
                using var scope = torch.NewDisposeScope();
                using var inference = torch.no_grad();
                var wanted = torch.full([perClass], (long)c, torch.ScalarType.Int64);
                var z = model.Prior(wanted).Sample(StandardNormal.Sample(perClass, model.LatentSize, member.Seed + (ulong)c));
                return model.Generate(model.Condition(z, wanted), GenerationOptions.Sample(new Temperature(temperature)) with { MaxTokens = 30 }, member.Seed);
            });
            // One z, every class: what the class alone changes.
            using var outer = torch.NewDisposeScope();
            using var no = torch.no_grad();
            var same = StandardNormal.Sample(1, model.LatentSize, member.Seed).repeat(labels.Length, 1);
            var all = torch.arange(labels.Length);
            var texts = model.Generate(model.Condition(same, all), GenerationOptions.Greedy with { MaxTokens = 30 });
            member.Record("One code, every class", ["class", "text"], texts.Select((ids, c) => new[] { labels[c], data.Tokenizer.Decode(ids) }));
        })
        .Variant("VAE without classes", member =>
        {
            var config = new LstmVaeConfig { EmbeddingSize = embedding, HiddenSize = hidden, LatentSize = latent, Dropout = 0.3 };
            var half = training with { Epochs = Math.Max(1, training.Epochs / 2) };
            var model = member.Build(() => config.Build(vocabulary));
            member.Train(new VaeTask(model, train, validation, new ElboObjective { KlWeight = KlSchedule.Linear(2) }), half);
            Judge(member, c => model.Generate(StandardNormal.Sample(perClass, model.LatentSize, member.Seed + (ulong)c), GenerationOptions.Sample(new Temperature(0.8)) with { MaxTokens = 30 }, member.Seed + (ulong)c));
        })
        .Report(report => report
            .Section("Accuracy by class")
            .Figure("accuracy", Figure.Of(report.Series("by class").Select(bars => Bar.Of(bars.Series.Labels!, bars.Series.Y, bars.Variant))).Y("share judged to be of the wanted class").YFromZero().Height(360), "The judge has seen real definitions only.")
            .Section("What is written").Texts())
        .Headline("Conditional VAE, controlled generation", "002", study => FormattableString.Invariant($"label accuracy {study["conditional VAE"]["label accuracy"]:0.0%} over {labels.Length} classes (judge on real text {study["real definitions (held out)"]["label accuracy"]:0.0%})"))
        .Expect("what the conditional VAE writes is judged to be of the wanted class at least four times in five", study => study.AtLeast("label accuracy", "conditional VAE", 0.8))
        .Expect("the judge tells the classes of real definitions at least four times in five", study => study.AtLeast("label accuracy", "real definitions (held out)", 0.8))
        .Expect("without classes the accuracy is near chance", study => study.AtMost("label accuracy", "VAE without classes", 0.4));
});
