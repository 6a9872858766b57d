#!/usr/bin/env dotnet-script
// Which latent dimension carries what: the mutual information of each dimension, and of its posterior mean, with length, tense, last mark,
// book and class of held-out sentences, and what walking along the most telling dimension writes.
//
//   textvae run recipes/latent-dimensions.csx
#load "prelude.csx"

return Recipe.Run(Args, "latent-dimensions", "Which dimension carries what?", recipe =>
{
    TextOptions Options(int sentences) => new()
    {
        MaxTokens = recipe.Parameter("max-tokens", standard: 14, full: 30),
        MaxVocabulary = recipe.Parameter("vocabulary", standard: 2500, smoke: 500, full: 10_000),
        MaxTrainSentences = sentences,
        Validation = 0.05,
        Test = recipe.Parameter("test", standard: 0.15),
        Seed = recipe.Seed,
    };
    var wordnet = TextData.Load("wordnet", Options(recipe.Parameter("definitions", standard: 14_000, smoke: 300, full: 0)));
    var config = new LstmVaeConfig
    {
        EmbeddingSize = recipe.Parameter("embedding", standard: 96, smoke: 16, full: 256),
        HiddenSize = recipe.Parameter("hidden", standard: 96, smoke: 16, full: 512),
        LatentSize = recipe.Parameter("latent", standard: 16, smoke: 4),
        Dropout = 0.3,
    };
    var objective = new ElboObjective { KlWeight = KlSchedule.Constant(recipe.Parameter("beta", standard: 0.1)) };
    var training = new TrainingOptions { Epochs = recipe.Parameter("epochs", standard: 5, smoke: 1, full: 30), LearningRate = 2e-3 };
    var most = recipe.Parameter("examples", standard: 2000, smoke: 60);
    var bins = recipe.Parameter("bins", standard: 8, smoke: 3);
    var shuffles = recipe.Parameter("shuffles", standard: 20, smoke: 2);
    var walks = recipe.Parameter("walks", standard: 200, smoke: 4);

    var austen = recipe.Data("austen", Options(recipe.Parameter("sentences", standard: 7000, smoke: 300, full: 0)));
    string[] labels = ["noun.person", "noun.animal", "noun.plant", "noun.artifact", "noun.substance", "noun.location", "noun.food"];
    // A rule anybody can check: a word of the past and none of the present, or the reverse, or neither.
    string[] past = ["was", "were", "had", "did"], present = ["is", "are", "am", "has", "have", "do", "does"];
    int Tense(string sentence)
    {
        var words = Regex.Split(sentence.ToLowerInvariant(), "[^a-z]+");
        var before = words.Any(word => past.Contains(word) || (word.Length > 4 && word.EndsWith("ed", StringComparison.Ordinal)));
        var now = words.Any(present.Contains);
        return before == now ? 0 : before ? 1 : 2;
    }

    int[] Numbered(IEnumerable<string> names)
    {
        var numbers = new Dictionary<string, int>();
        return [.. names.Select(name => numbers.TryGetValue(name, out var number) ? number : numbers[name] = numbers.Count)];
    }

    void Examine(Variant member, TextData data, EncodedSentences train, EncodedSentences validation, EncodedSentences test, Func<EncodedSentences, (string Name, int[] Classes)[]> describe)
    {
        var model = member.Build(() => config.Build(data.Tokenizer.Vocabulary.Count));
        member.Train(new VaeTask(model, train, validation.EvenlySpaced(most / 4), objective), training);
        var sentences = test.EvenlySpaced(most);
        using var scope = torch.NewDisposeScope();
        using var _ = torch.no_grad();
        var elbo = VaeMetrics.Evaluate(model, sentences, member.Seed);
        member.Record("KL", elbo.Kl);
        member.Record("AU", elbo.ActiveUnits);
        var means = model.EncodeMeans(sentences).cpu();
        // A mean that hardly moves can tell much to a reader who knows it exactly, and nothing to the decoder, which sees z ~ q(z|x).
        var posterior = model.Encode(sentences.ToBatch(model.Device));
        var drawn = posterior.Sample(StandardNormal.Sample(sentences.Count, model.LatentSize, member.Seed).to(model.Device)).cpu();
        double[][] Dimensions(torch.Tensor codes) => [.. Enumerable.Range(0, model.LatentSize).Select(d => codes.select(1, d).contiguous().data<float>().ToArray().Select(value => (double)value).ToArray())];
        var (exact, seen) = (Dimensions(means), Dimensions(drawn));
        var centre = means.mean([0L]);
        var greedy = GenerationOptions.Greedy with { Processors = [new NoRepeatNGram(3)], MaxTokens = 30 };
        foreach (var (name, classes) in describe(sentences))
        {
            AttributeInformation[] Information(double[][] dimensions) => [.. dimensions.Select(dimension => AttributeInformation.Estimate(dimension, classes, bins, shuffles, member.Seed))];
            var (ofMeans, information) = (Information(exact), Information(seen));
            member.Record(name, Enumerable.Range(0, model.LatentSize).Select(d => (double)d), information.Select(each => each.Value));
            member.Record($"{name}, means", Enumerable.Range(0, model.LatentSize).Select(d => (double)d), ofMeans.Select(each => each.Value));
            member.Record($"I({name}), mean", ofMeans.Max(each => each.Value));
            var best = Enumerable.Range(0, model.LatentSize).MaxBy(d => information[d].Value);
            member.Record($"I({name})", information[best].Value);
            // The largest of all dimensions' shuffles: what the best of so many would reach by chance.
            member.Record($"chance({name})", information.Max(each => each.Largest));
            member.Record($"H({name})", classes.GroupBy(c => c).Sum(group => -(group.Count() / (double)classes.Length) * Math.Log(group.Count() / (double)classes.Length)));
            // The prior's range, which codes fill even where posterior means do not.
            var walk = Latent.TraverseDimension(centre, best, -3, 3, 7);
            member.Record($"{name}: dimension {best}, everything else at its mean", ["z", "text"], model.Generate(walk, greedy)
                .Select((ids, i) => new[] { FormattableString.Invariant($"{walk[i, best].item<float>():0.00}"), data.Tokenizer.Decode(ids) }));
            if (name != "length")
                continue;
            // Does the dimension cause what it tells? Codes of real sentences with this one dimension moved to either end.
            double Length(double place)
            {
                var codes = means.narrow(0, 0, Math.Min(walks, means.shape[0])).clone();
                codes.select(1, best).fill_(place);
                return model.Generate(codes, greedy).Average(ids => (double)ids.Length);
            }

            var (low, high) = (Length(-2), Length(2));
            member.Record("tokens, one end", Math.Min(low, high));
            member.Record("tokens, other end", Math.Max(low, high));
        }
    }

    // Quarters of the sentences by their number of tokens.
    (string, int[]) Lengths(EncodedSentences sentences) => ("length", AttributeInformation.Bins([.. sentences.Select(ids => (double)ids.Length)], Math.Min(4, bins)));

    string[] attributes = ["length", "tense", "end", "book", "class"];
    var study = recipe.Study()
        .On($"{austen.Summary}; {wordnet.Summary}")
        .About("I: what the most telling dimension of z ~ q(z|x), which the decoder sees, tells about an attribute of held-out sentences, in nats; mean: the same of the posterior means, which may tell more than gets through; chance: the largest that any dimension reaches with the attribute shuffled; H: what there is to tell. Tense is by rule: was, were, had, did or a word in -ed against is, are, am, has, have, do, does; end is the last mark (. ? ! or another).")
        .Column("KL").Column("AU", "0");
    foreach (var attribute in attributes)
        study = study.Column($"I({attribute})", "0.000").Column($"I({attribute}), mean", "0.000").Column($"chance({attribute})", "0.000").Column($"H({attribute})");
    return study
        .Column("tokens, one end", "0.0").Column("tokens, other end", "0.0")
        .Variant("Austen", member => Examine(member, austen, austen.Train, austen.Validation, austen.Test, sentences =>
        [
            Lengths(sentences),
            ("tense", [.. Enumerable.Range(0, sentences.Count).Select(i => Tense(sentences.Source(i).Text))]),
            ("end", [.. sentences.Select(ids => Word(austen, ids[^1]) switch { "." => 0, "?" => 1, "!" => 2, _ => 3 })]),
            ("book", Numbered(Enumerable.Range(0, sentences.Count).Select(i => sentences.Source(i).Label))),
        ]))
        .Variant("WordNet's definitions", member => Examine(
            member, wordnet, wordnet.Train.WithClasses(labels), wordnet.Validation.WithClasses(labels), wordnet.Test.WithClasses(labels),
            sentences => [Lengths(sentences), ("class", [.. sentences.Classes!])]))
        .Report(report =>
        {
            report.Section("Dimension by attribute", "Mutual information in nats of the bin of a dimension and the attribute: of z as the decoder sees it, and of the posterior means. An inactive dimension's mean may follow an attribute closely within a range that the noise drowns.");
            foreach (var row in report.Results.Rows)
            {
                var known = attributes.Where(row.First.Series.ContainsKey).ToArray();
                foreach (var (suffix, what) in new[] { ("", "z ~ q(z|x)"), (", means", "posterior means") })
                    report.Figure($"information-{known[^1]}{suffix.Replace(", ", "-")}", Figure.Of(Heatmap.Of([.. known.Select(name => row.First.Series[name + suffix].Y)], row.First.Series["length"].X.Select(d => $"z{d}"), known, unit: "nats") with { CellFormat = ".2f" }).Height(120 + 50 * known.Length), $"{row.Name}, {what}.");
            }

            report.Section("Walks", "The most telling dimension of each attribute moved from −3 to 3, decoded greedily.").Texts();
        })
        .Headline("Interpretability: what a dimension carries", "000, 003", study => FormattableString.Invariant(
            $"most telling dimension, of what there is to tell: length {study["Austen"]["I(length)"]:0.00} of {study["Austen"]["H(length)"]:0.00} nats, last mark {study["Austen"]["I(end)"]:0.00} of {study["Austen"]["H(end)"]:0.00}, tense {study["Austen"]["I(tense)"]:0.00} of {study["Austen"]["H(tense)"]:0.00}, class {study["WordNet's definitions"]["I(class)"]:0.00} of {study["WordNet's definitions"]["H(class)"]:0.00}"))
        .Expect("a dimension tells the last mark, more than twice what chance reaches", study => Told("Austen", "end", study))
        .Expect("a dimension tells tense, more than twice what chance reaches", study => Told("Austen", "tense", study))
        .Expect("a dimension tells a definition's class, more than twice what chance reaches", study => Told("WordNet's definitions", "class", study));

    static string Word(TextData text, int id) => text.Tokenizer.Decode([id]);

    static Check Told(string member, string attribute, StudyResults study)
    {
        var (value, chance) = (study[member][$"I({attribute})"], study[member][$"chance({attribute})"]);
        return (value > 2 * chance, FormattableString.Invariant($"{value:0.000} nats, chance {chance:0.000}"));
    }
});
