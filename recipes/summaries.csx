#!/usr/bin/env dotnet-script
// A package description's first paragraph into the one line that sums it up: a Transformer encoder–decoder against the paragraph's first
// sentence, the synopsis of the training package that is described most alike, the package's name, the words that most synopses have,
// and a language model that reads nothing. ROUGE F₁ by words in small letters, on packages that no member has seen. The Transformer
// writes by beam search and has no way to copy words but through their byte pairs.
//
//   textvae run recipes/summaries.csx
#load "prelude.csx"

return Recipe.Run(Args, "summaries", "Package descriptions in one line", recipe =>
{
    const string Lead = "first sentence", Nearest = "synopsis of the nearest description", Name = "package name", Frequent = "most frequent words";
    const string Unread = "5-gram model, reads nothing", Transformer = "Transformer";
    var data = ParallelData.Prepare(
        ParallelCorpora.Descriptions(new CorpusOptions { Notice = Console.Error.WriteLine }),
        new PairOptions
        {
            MaxVocabulary = recipe.Parameter("vocabulary", standard: 4000, smoke: 600, full: 16_000),
            MaxSourceTokens = recipe.Parameter("max-tokens", standard: 32, full: 120),
            ClipSource = true,
            MaxTargetTokens = recipe.Parameter("max-target-tokens", standard: 14, full: 30),
            MaxTrainPairs = recipe.Parameter("pairs", standard: 0, smoke: 300),
            Validation = recipe.Parameter("validation", standard: 0.02),
            Test = recipe.Parameter("test", standard: 0.04),
        });
    var shape = new TransformerShape
    {
        Width = recipe.Parameter("width", standard: 128, smoke: 16, full: 512),
        Layers = recipe.Parameter("layers", standard: 2, full: 6),
        Heads = recipe.Parameter("heads", standard: 4, full: 8),
        Dropout = recipe.Parameter("dropout", standard: 0.1),
    };
    var smoothing = recipe.Parameter("label-smoothing", standard: 0.1);
    var training = new TrainingOptions
    {
        Epochs = recipe.Parameter("epochs", standard: 4, smoke: 1, full: 20),
        BatchSize = recipe.Parameter("batch", standard: 128, smoke: 16),
        LearningRate = recipe.Parameter("learning-rate", standard: 2e-3, full: 5e-4),
        WarmupSteps = recipe.Parameter("warm-up-steps", standard: 200, smoke: 5, full: 4000),
        Precision = TensorEngine.FastestPrecision,
    };
    var beam = new BeamOptions { Width = recipe.Parameter("beam", standard: 4), LengthPenalty = recipe.Parameter("length-penalty", standard: 0.6) };
    var test = data.Test.EvenlySpaced(recipe.Parameter("test-pairs", standard: 1000, smoke: 20, full: 3000));
    var greedy = GenerationOptions.Greedy with { MaxTokens = recipe.Parameter("max-written", standard: 24, smoke: 8, full: 50) };
    var tokenizer = data.Tokenizer;
    var all = Enumerable.Range(0, test.Count).ToArray();

    Rouge Score(IEnumerable<string> texts) => Rouge.ComputeCorpus(texts.Select((text, i) => (text, test[i].Target)));
    void Judge(Variant member, IEnumerable<string> summaries)
    {
        string[] texts = [.. summaries];
        var rouge = Score(texts);
        member.Record("ROUGE-1", rouge.Rouge1);
        member.Record("ROUGE-2", rouge.Rouge2);
        member.Record("ROUGE-L", rouge.RougeL);
        member.Record("words", texts.Average(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length));
        member.Record("Summaries", ["description", "summary", "synopsis"], all.Take(12).Select(i => new[] { test[i].Source, texts[i], test[i].Target }));
    }

    string FirstSentence(string text) => System.Text.RegularExpressions.Regex.Split(text, "(?<=[.!?]) ")[0];
    IEnumerable<string> Read(IEnumerable<IEnumerable<int>> texts) => texts.Select(ids => tokenizer.Decode(ids).Trim());

    return recipe.Study()
        .On(data.Summary)
        .About("What Debian's archive says of its packages: the first paragraph of the description, and the synopsis that its maintainer wrote.")
        .Column("ROUGE-1", "0.0", Best.Highest).Column("ROUGE-2", "0.0", Best.Highest).Column("ROUGE-L", "0.0", Best.Highest).Column("ROUGE-L, greedy", "0.0").Column("words", "0.0").Column("PPL", "0.0")
        .Variant(Lead, member => Judge(member, all.Select(i => FirstSentence(test[i].Source))))
        .Variant(Nearest, member => Judge(member, NearestSentence.ByBleu(test.Source, data.Train.Source).Select(neighbour => data.Train[neighbour.Index].Target)))
        .Variant(Name, member => Judge(member, all.Select(i => test.Source.Source(i).Document.Replace('-', ' '))))
        .Variant(Frequent, member =>
        {
            var counts = Enumerable.Range(0, data.Train.Count).SelectMany(i => data.Train[i].Target.ToLowerInvariant().Split(' ').Distinct()).CountBy(word => word);
            var words = string.Join(' ', counts.OrderByDescending(count => count.Value).Take(4).Select(count => count.Key));
            Judge(member, all.Select(_ => words));
        })
        .Variant(Unread, member =>
        {
            var model = NGramModel.Train(data.Train.Target, tokenizer.Vocabulary.Count, order: 5);
            member.Record("PPL", model.Perplexity(test.Target));
            var random = new StableRandom(member.Seed);
            Judge(member, Read(all.Select(_ => model.Sample(random, greedy.MaxTokens))));
        })
        .Variant(Transformer, member =>
        {
            var config = new TransformerSeq2SeqConfig { Shape = shape, LabelSmoothing = smoothing };
            var model = member.Build(() => config.Build(tokenizer.Vocabulary.Count));
            member.Train(new Seq2SeqTask(model, data), training);
            member.Record("PPL", Likelihood.Evaluate(model, test).Perplexity);
            var start = Prompt.From(model, test.Source);
            Judge(member, Read(BeamSearch.Decode(start, beam, greedy).Select(found => found[0].Tokens)));
            member.Record("ROUGE-L, greedy", Score(Read(start.Generate(greedy))).RougeL);
        })
        .Report(report => report
            .Section("How good")
            .Figure("rouge", Figure.Of(new[] { "ROUGE-1", "ROUGE-2", "ROUGE-L" }.Select(measure =>
                    Bar.Of(report.Results.Rows.Select(row => row.Name), report.Results.Rows.Select(row => row[measure]), measure))).Y("F₁").YFromZero().Height(380),
                "By words shared, pairs of words, and words in the same order, with the synopsis that the maintainer wrote.")
            .Figure("validation", Figure.Of(report.Series("validation loss").Select(curve => Line.Of(curve.Series.X, curve.Series.Y, curve.Variant, markers: true))).X("epoch").Y("nats a synopsis").Height(340),
                "−log p of the validation synopses, labels not smoothed.")
            .Section("What it writes").Texts())
        .Headline("Transformer encoder–decoder, summarisation", "001", study => FormattableString.Invariant(
            $"ROUGE-1/2/L {study[Transformer]["ROUGE-1"]:0.0}/{study[Transformer]["ROUGE-2"]:0.0}/{study[Transformer]["ROUGE-L"]:0.0}; first sentence {study[Lead]["ROUGE-1"]:0.0}/{study[Lead]["ROUGE-2"]:0.0}/{study[Lead]["ROUGE-L"]:0.0}, nearest {study[Nearest]["ROUGE-1"]:0.0}/{study[Nearest]["ROUGE-2"]:0.0}/{study[Nearest]["ROUGE-L"]:0.0}"))
        .Expect("what the Transformer writes has more of the synopsis' words in order than that of the nearest description", study => study.Less("ROUGE-L", Nearest, Transformer))
        .Expect("and comes within 2 of the first sentence, which is at least twice as long", study => (
            study[Transformer]["ROUGE-L"] > study[Lead]["ROUGE-L"] - 2 && study[Lead]["words"] > 2 * study[Transformer]["words"],
            FormattableString.Invariant($"{study[Transformer]["ROUGE-L"]:0.0} of {study[Transformer]["words"]:0.0} words, {study[Lead]["ROUGE-L"]:0.0} of {study[Lead]["words"]:0.0}")))
        .Expect("it is at least 5 above the package's name and above the most frequent words", study => (
            study[Transformer]["ROUGE-L"] > 5 + Math.Max(study[Name]["ROUGE-L"], study[Frequent]["ROUGE-L"]),
            FormattableString.Invariant($"{study[Transformer]["ROUGE-L"]:0.0}, {study[Name]["ROUGE-L"]:0.0} and {study[Frequent]["ROUGE-L"]:0.0}")))
        .Expect("reading the description helps: the perplexity a token is at least 10 below that of the 5-gram", study => study.Less("PPL", Transformer, Unread, margin: 10));
});
