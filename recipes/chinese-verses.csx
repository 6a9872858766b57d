#!/usr/bin/env dotnet-script
// Does a VAE generate Tang couplets that scan and are no copies, is its likelihood better than that of a 5-gram of characters, and what
// lies between two couplets? A couplet has two lines of five characters, a token per character. It scans when both lines have five
// characters, the first is closed by a comma and the second by a mark that ends a sentence.
//
//   textvae run recipes/chinese-verses.csx
//   textvae run recipes/chinese-verses.csx -p line=7
#load "prelude.csx"

return Recipe.Run(Args, "chinese-verses", "Tang couplets", recipe =>
{
    var form = new CoupletForm(recipe.Parameter("line", standard: 5));
    var config = new LstmVaeConfig { EmbeddingSize = 160, HiddenSize = 160, LatentSize = 32, Dropout = 0.2, TieOutput = true };
    config = recipe.Configure(config, smoke: config => config with { EmbeddingSize = 16, HiddenSize = 16 },
        full: config => config with { EmbeddingSize = 512, HiddenSize = 512, Dropout = 0.3 });
    var lm = new RecurrentLmConfig { EmbeddingSize = config.EmbeddingSize, HiddenSize = config.HiddenSize, Dropout = config.Dropout };
    lm = lm with { TieOutput = config.TieOutput };
    var training = recipe.Configure(
        new TrainingOptions { Epochs = 4, BatchSize = 64, LearningRate = 3e-3, Precision = TensorEngine.FastestPrecision },
        smoke: options => options with { Epochs = 1 }, full: options => options with { Epochs = 20, LearningRate = 1e-3 });
    var evaluation = recipe.Configure(new EvaluationOptions { IwSamples = 200, IwSentences = 300, BleuSentences = 200 },
        smoke: options => options with { IwSamples = 3, IwSentences = 10, BleuSentences = 10 },
        full: options => options with { IwSamples = 500, IwSentences = 1000 });
    var freeBits = new FreeBits { Nats = recipe.Parameter("free-nats", standard: 6.0) / config.LatentSize };
    var generated = recipe.Parameter("generated", standard: 2000, smoke: 10, full: 10_000);
    var compared = recipe.Parameter("compared", standard: 200, smoke: 5, full: 1000);
    var text = new TextOptions { Unit = TextUnit.Character, MinTokens = form.Length, MaxTokens = form.Length };
    var data = recipe.Data("tang", text with { MaxVocabulary = 3000, MaxTrainSentences = 60_000, Validation = 0.01, Test = 0.01 },
        smoke: options => options with { MaxVocabulary = 500, MaxTrainSentences = 500 },
        full: options => options with { MaxVocabulary = 6000, MaxTrainSentences = 0, Validation = 0.05, Test = 0.05 });

    const string Real = "real couplets (held out)", NGram = "Kneser–Ney 5-gram", Lstm = "LSTM language model", Vae = "LSTM VAE";
    var (scan, betweenScan) = (new Metric("scan", "0.0%", Best.Highest), new Metric("between scan", "0.0%"));
    var (copies, edits, distinct) = (new Metric("copies", "0.0%"), new Metric("edits to nearest"), new Metric("distinct-2"));
    var (perplexity, mi) = (Metric.IwPerplexity, Metric.MutualInformation);
    // All likelihoods are of the same couplets.
    var judged = data.Test.EvenlySpaced(evaluation.IwSentences);
    var vocabulary = data.Tokenizer.Vocabulary;
    var frequent = TokenFrequencies.MostFrequent(data.Train, count: 40, id => char.IsLetter(vocabulary[id], 0));
    var sampling = GenerationOptions.Sample() with { MaxTokens = 2 * form.Length };

    void Evaluate(Variant variant, IReadOnlyList<int[]> couplets, string[] texts)
    {
        int[][] some = [.. couplets.Take(compared)];
        variant.Record((scan, form.ShareThatScans(texts)), (distinct, DistinctN.Compute(some, 2)));
        variant.Record("characters", Enumerable.Range(1, frequent.Count).Select(rank => (double)rank),
            TokenFrequencies.PerThousand(couplets, frequent), frequent.Select(id => vocabulary[id]));
        RecordNearest(variant, texts, NearestSentence.ByEditDistance(some, data.Train));
    }

    void EvaluateGenerated(Variant variant, IReadOnlyList<int[]> couplets) =>
        Evaluate(variant, couplets, [.. couplets.Select(ids => data.Tokenizer.Decode(ids))]);
    void RecordNearest(Variant variant, string[] texts, IReadOnlyList<Neighbour> nearest)
    {
        var copied = nearest.Average(neighbour => neighbour.Value == 0 ? 1.0 : 0);
        variant.Record((copies, copied), (edits, nearest.Average(neighbour => neighbour.Value)));
        variant.Record("couplets, and the nearest of the training text", ["couplet", "scans", "nearest", "edits"],
            nearest.Take(8).Select((neighbour, i) => Row(texts[i], neighbour)));
    }

    string[] Row(string text, Neighbour nearest) =>
        [text, form.Scans(text) ? "yes" : "no", data.Train.Source(nearest.Index).Text, $"{nearest.Value}"];
    void RecordWalks(Variant variant, IReadOnlyList<LatentWalk> walks)
    {
        variant.Record(betweenScan, form.ShareThatScans(walks.SelectMany(walk => walk.Generated)));
        variant.Record("from couplet to couplet: the first and last line are real, between them nine points of the line between their "
            + "codes", ["a walk", "another"], walks[0].Texts.Zip(walks[1].Texts, (one, other) => new[] { one, other }));
    }

    Figure Characters(Series real, Series vae) => FrequencyComparison.Of(real.Y, vae.Y, real.Labels!)
        .X("in 1,000 characters of real couplets").Y("in 1,000 characters of the VAE's");

    return recipe.Study()
        .On(data)
        .About($"Couplets of two lines of {form.Line} characters. What real, held-out couplets score is the mark to reach.")
        .Columns(scan, perplexity, Metric.Kl, mi, Metric.ActiveUnits, copies, edits, distinct)
        .Variant(Real, variant => Evaluate(variant, data.Test, [.. data.Test.Texts]))
        .Variant(NGram, variant =>
        {
            var model = NGramModel.Train(data.Train, vocabulary.Count, order: 5);
            variant.Record(perplexity, model.Perplexity(judged));
            var random = new StableRandom(variant.Seed);
            var couplets = Enumerable.Range(0, generated).Select(_ => model.Sample(random, 2 * form.Length));
            EvaluateGenerated(variant, [.. couplets.Where(ids => ids.Length > 0)]);
        })
        .Variant(Lstm, variant =>
        {
            var model = variant.Train(lm, data, training);
            variant.Record(perplexity, Likelihood.Evaluate(model, judged).Perplexity);
            EvaluateGenerated(variant, model.Generate(generated, sampling, variant.Seed));
        })
        .Variant(Vae, variant =>
        {
            var model = variant.Train(config, data, new ElboObjective { KlWeight = KlSchedule.Linear(1), FreeBits = freeBits }, training);
            variant.Evaluate(model, data.Test, evaluation);
            EvaluateGenerated(variant, model.Generate(generated, sampling, variant.Seed));
            var greedy = GenerationOptions.Greedy with { MaxTokens = 2 * form.Length };
            RecordWalks(variant, LatentWalk.Between(model, data.Test.EvenlySpaced(4), data.Tokenizer, steps: 9, greedy));
        })
        .Report(report => report
            .Section("Do they scan?").Figure("scan", report.Bars(scan, y: "share that scans"),
                "Draws at temperature 1. A 5-gram sees four characters back and cannot count to the end of a line.")
            .Section("Which characters?")
            .Figure("characters", Characters(report.Results[Real].Curve("characters"), report.Results[Vae].Curve("characters")),
                "The most frequent characters of the training text, in 1,000 characters of real couplets and of what the VAE generates. "
                + "On the diagonal both are equally frequent.")
            .Section("Likelihood").Figure("perplexity", report.Bars(perplexity, y: "perplexity per character"),
                "The same held-out couplets for all; of the VAE, importance-weighted.")
            .Section("What is generated").Texts())
        .Headline("Chinese verses, VAE over characters", "001, 002", study =>
            $"{study[Vae].Format(scan)} scan (real {study[Real].Format(scan)}, 5-gram {study[NGram].Format(scan)}); IW-PPL "
            + $"{study[Vae].Format(perplexity)} (5-gram {study[NGram].Format(perplexity)})")
        .Expect("at least 95 % of what the VAE generates scans", study => study.AtLeast(scan, Vae, 0.95))
        .Expect("a 5-gram cannot count: less than half of its couplets scan", study => study.AtMost(scan, NGram, 0.5))
        .Expect("what lies between two couplets scans as well, four times in five", study => study.AtLeast(betweenScan, Vae, 0.8))
        .Expect("the VAE copies no training couplet more often than once in a hundred", study => study.AtMost(copies, Vae, 0.01))
        .Expect("its couplets are no nearer to the training text than real ones are", study => study.Less(edits, Real, Vae))
        .Expect("its importance-weighted perplexity is at least 30 below the 5-gram's", study => study.Less(perplexity, Vae, NGram, 30))
        .Expect("its code carries at least 2 nats about a couplet", study => study.AtLeast(mi, Vae, 2));
});
