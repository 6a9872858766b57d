#!/usr/bin/env dotnet-script
// Tang couplets of two lines of five characters, a token a character: does a VAE write couplets that scan and are no copies, is its
// likelihood better than that of a 5-gram of characters, and what lies between two couplets? A couplet scans when both lines have five
// characters, the first is closed by a comma and the second by a mark that ends a sentence.
//
//   textvae run recipes/chinese-verses.csx
//   textvae run recipes/chinese-verses.csx -p line=7
#load "prelude.csx"

return Recipe.Run(Args, "chinese-verses", "Tang couplets", recipe =>
{
    const string Real = "real couplets (held out)", NGram = "Kneser–Ney 5-gram", Lstm = "LSTM language model", Vae = "LSTM VAE";
    var line = recipe.Parameter("line", standard: 5);
    var couplet = 2 * (line + 1);
    var width = recipe.Parameter("width", standard: 160, smoke: 16, full: 512);
    var latent = recipe.Parameter("latent", standard: 32);
    var dropout = recipe.Parameter("dropout", standard: 0.2, full: 0.3);
    var freeNats = recipe.Parameter("free-nats", standard: 6.0);
    var written = recipe.Parameter("samples", standard: 2000, smoke: 10, full: 10_000);
    var compared = recipe.Parameter("compared", standard: 200, smoke: 5, full: 1000);
    var training = new TrainingOptions
    {
        Epochs = recipe.Parameter("epochs", standard: 4, smoke: 1, full: 20),
        BatchSize = recipe.Parameter("batch", standard: 64),
        LearningRate = recipe.Parameter("learning-rate", standard: 3e-3, full: 1e-3),
        Precision = TensorEngine.FastestPrecision,
    };
    var measures = new EvaluationOptions
    {
        IwSamples = recipe.Parameter("iw-samples", standard: 200, smoke: 3, full: 500),
        IwSentences = recipe.Parameter("iw-couplets", standard: 300, smoke: 10, full: 1000),
        BleuSentences = recipe.Parameter("bleu-couplets", standard: 200, smoke: 10),
    };
    var data = recipe.Data("tang", new TextOptions
    {
        Unit = TextUnit.Character,
        MinTokens = couplet,
        MaxTokens = couplet,
        MaxVocabulary = recipe.Parameter("vocabulary", standard: 3000, smoke: 500, full: 6000),
        MaxTrainSentences = recipe.Parameter("couplets", standard: 60_000, smoke: 500, full: 0),
        Validation = recipe.Parameter("validation", standard: 0.01, full: 0.05),
        Test = recipe.Parameter("test", standard: 0.01, full: 0.05),
    });
    var vocabulary = data.Tokenizer.Vocabulary;
    // All likelihoods are of the same couplets.
    var judged = data.Test.EvenlySpaced(measures.IwSentences);
    var drawn = GenerationOptions.Sample() with { MaxTokens = 2 * couplet };
    var frequent = data.Train.SelectMany(ids => ids).Where(id => char.IsLetter(vocabulary[id], 0)).CountBy(id => id)
        .OrderByDescending(count => count.Value).Take(40).Select(count => count.Key).ToArray();

    bool Scans(string text)
    {
        const string commas = "，、", ends = "。？！；", all = commas + ends + "：";
        var characters = text.EnumerateRunes().Select(rune => rune.ToString()).ToArray();
        return characters.Length == couplet && commas.Contains(characters[line]) && ends.Contains(characters[^1])
            && characters.Count(character => all.Contains(character)) == 2;
    }

    void Judge(Variant member, IReadOnlyList<int[]> texts, IEnumerable<string> readable)
    {
        string[] shown = [.. readable];
        member.Record("scan", shown.Average(text => Scans(text) ? 1.0 : 0));
        int[][] some = [.. texts.Take(compared)];
        var nearest = NearestSentence.ByEditDistance(some, data.Train);
        member.Record("copies", nearest.Average(neighbour => neighbour.Value == 0 ? 1.0 : 0));
        member.Record("edits to nearest", nearest.Average(neighbour => neighbour.Value));
        member.Record("distinct-2", DistinctN.Compute(some, 2));
        var counts = texts.SelectMany(ids => ids).CountBy(id => id).ToDictionary();
        var perThousand = 1000.0 / texts.Sum(ids => ids.Length);
        member.Record("characters", Enumerable.Range(1, frequent.Length).Select(rank => (double)rank),
            frequent.Select(id => perThousand * counts.GetValueOrDefault(id)), frequent.Select(id => vocabulary[id]));
        member.Record("couplets, and the nearest of the training text", ["couplet", "scans", "nearest", "edits"], some.Take(8).Select((_, i) => new[]
        {
            shown[i], Scans(shown[i]) ? "yes" : "no", data.Train.Source(nearest[i].Index).Text, FormattableString.Invariant($"{nearest[i].Value}"),
        }));
    }

    void JudgeWritten(Variant member, IReadOnlyList<int[]> texts) => Judge(member, texts, texts.Select(ids => data.Tokenizer.Decode(ids)));

    return recipe.Study()
        .On(data)
        .About($"Couplets of two lines of {line} characters. What real, held-out couplets score is the mark to reach.")
        .Column("scan", "0.0%", Best.Highest).Column("IW-PPL", "0.0", Best.Lowest).Column("KL").Column("MI").Column("AU", "0")
        .Column("copies", "0.0%").Column("edits to nearest").Column("distinct-2")
        .Variant(Real, member => Judge(member, data.Test, Enumerable.Range(0, data.Test.Count).Select(i => data.Test.Source(i).Text)))
        .Variant(NGram, member =>
        {
            var model = NGramModel.Train(data.Train, vocabulary.Count, order: 5);
            member.Record("IW-PPL", model.Perplexity(judged));
            var random = new StableRandom(member.Seed);
            JudgeWritten(member, [.. Enumerable.Range(0, written).Select(_ => model.Sample(random, 2 * couplet)).Where(ids => ids.Length > 0)]);
        })
        .Variant(Lstm, member =>
        {
            var config = new RecurrentLmConfig { EmbeddingSize = width, HiddenSize = width, Dropout = dropout, TieOutput = true };
            var model = member.Build(() => config.Build(vocabulary.Count));
            member.Train(new LanguageModelTask(model, data), training);
            member.Record("IW-PPL", Likelihood.Evaluate(model, judged).Perplexity);
            JudgeWritten(member, model.Generate(written, drawn, member.Seed));
        })
        .Variant(Vae, member =>
        {
            var config = new LstmVaeConfig { EmbeddingSize = width, HiddenSize = width, LatentSize = latent, Dropout = dropout, TieOutput = true };
            var objective = new ElboObjective { KlWeight = KlSchedule.Linear(1), FreeBits = new FreeBits { Nats = freeNats / latent } };
            var model = member.Build(() => config.Build(vocabulary.Count));
            var trained = member.Train(new VaeTask(model, data, objective), training);
            member.Evaluate(model, data.Test, measures);
            JudgeWritten(member, model.Generate(written, drawn, member.Seed));

            using var scope = torch.NewDisposeScope();
            var ends = data.Test.EvenlySpaced(4);
            var codes = model.EncodeMeans(ends);
            var walks = (from pair in new[] { 0, 2 }
                         let z = Latent.Interpolate(codes[pair], codes[pair + 1], 9)
                         let middle = model.Generate(z, GenerationOptions.Greedy with { MaxTokens = 2 * couplet }).Select(ids => data.Tokenizer.Decode(ids))
                         select (string[])[ends.Source(pair).Text, .. middle, ends.Source(pair + 1).Text]).ToArray();
            member.Record("between scan", walks.SelectMany(walk => walk[1..^1]).Average(text => Scans(text) ? 1.0 : 0));
            member.Record("from couplet to couplet: the first and last line are real, between them nine points of the line between their codes",
                ["a walk", "another"], Enumerable.Range(0, walks[0].Length).Select(step => walks.Select(walk => walk[step]).ToArray()));
        })
        .Report(report => report
            .Section("Do they scan?")
            .Figure("scan", Figure.Of(Bar.Of(report.Results.Rows.Select(row => row.Name), report.Results.Rows.Select(row => row["scan"]))).Y("share that scans").YFromZero().Height(320),
                "Draws at temperature 1. A 5-gram sees four characters back and cannot count to the end of a line.")
            .Section("Which characters?")
            .Figure("characters", Characters(report), "The most frequent characters of the training text, in 1,000 characters of real couplets and of what the VAE writes. On the diagonal both are equally frequent.")
            .Section("Likelihood")
            .Figure("perplexity", Figure.Of(Bar.Of(report.Results.Rows.Skip(1).Select(row => row.Name), report.Results.Rows.Skip(1).Select(row => row["IW-PPL"]))).Y("perplexity a character").YFromZero().Height(320),
                "The same held-out couplets for all; of the VAE, importance-weighted.")
            .Section("What is written").Texts())
        .Headline("Chinese verses, VAE over characters", "001, 002", study => FormattableString.Invariant(
            $"{study[Vae]["scan"]:0.0%} scan (real {study[Real]["scan"]:0.0%}, 5-gram {study[NGram]["scan"]:0.0%}); IW-PPL {study[Vae]["IW-PPL"]:0.0} (5-gram {study[NGram]["IW-PPL"]:0.0})"))
        .Expect("at least 95 % of what the VAE writes scans", study => study.AtLeast("scan", Vae, 0.95))
        .Expect("a 5-gram cannot count: less than half of its couplets scan", study => study.AtMost("scan", NGram, 0.5))
        .Expect("what lies between two couplets scans as well, four times in five", study => study.AtLeast("between scan", Vae, 0.8))
        .Expect("the VAE copies no training couplet more often than once in a hundred", study => study.AtMost("copies", Vae, 0.01))
        .Expect("its couplets are no nearer to the training text than real ones are", study => study.Less("edits to nearest", Real, Vae))
        .Expect("its importance-weighted perplexity is at least 30 below the 5-gram's", study => study.Less("IW-PPL", Vae, NGram, margin: 30))
        .Expect("its code tells at least 2 nats of a couplet", study => study.AtLeast("MI", Vae, 2));

    Figure Characters(StudyReport report)
    {
        var series = report.Series("characters").ToDictionary(entry => entry.Variant, entry => entry.Series);
        var (real, vae) = (series[Real], series[Vae]);
        double[] ends = [0.8 * real.Y.Concat(vae.Y).Where(share => share > 0).DefaultIfEmpty(1).Min(), 1.2 * real.Y.Concat(vae.Y).Max()];
        return Figure.Of(
                Line.Of(ends, ends) with { Hoverable = false, Dash = LineDash.Dot, Opacity = 0.5 },
                Scatter.Of(real.Y, vae.Y, labels: real.Labels, hover: real.Labels) with { Size = 5 })
            .LogX().LogY().X("in 1,000 characters of real couplets").Y("in 1,000 characters of the VAE's").Height(620).Legend(false);
    }
});
