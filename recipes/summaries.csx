#!/usr/bin/env dotnet-script
// Can a Transformer encoder–decoder sum up the first paragraph of a package's description in one line? It is compared with the paragraph's
// first sentence, the synopsis of the training package that is described most alike, the package's name, the words that most synopses
// have, and a language model that reads nothing. ROUGE F₁ by words in lower case, on packages that no variant has seen. The Transformer
// generates by beam search and has no way to copy words but through their byte pairs.
//
//   textvae run recipes/summaries.csx
#load "prelude.csx"

return Recipe.Run(Args, "summaries", "Package descriptions in one line", recipe =>
{
    var config = recipe.Configure(
        new TransformerSeq2SeqConfig { Shape = new TransformerShape { Width = 128, Layers = 2, Heads = 4, Dropout = 0.1 } },
        smoke: config => config with { Shape = config.Shape with { Width = 16 } },
        full: config => config with { Shape = config.Shape with { Width = 512, Layers = 6, Heads = 8 } });
    var training = recipe.Configure(
        new TrainingOptions
        {
            Epochs = 4, BatchSize = 128, LearningRate = 2e-3, WarmupSteps = 200, Precision = TensorEngine.FastestPrecision,
        },
        smoke: options => options with { Epochs = 1, BatchSize = 16, WarmupSteps = 5 },
        full: options => options with { Epochs = 20, LearningRate = 5e-4, WarmupSteps = 4000 });
    var beam = recipe.Configure(new BeamOptions { Width = 4, LengthPenalty = 0.6 }, prefix: "beam");
    var greedy = recipe.Configure(
        GenerationOptions.Greedy with { MaxTokens = 24 },
        smoke: options => options with { MaxTokens = 8 },
        full: options => options with { MaxTokens = 50 },
        prefix: "generation");
    var tests = recipe.Parameter("test-pairs", standard: 1000, smoke: 20, full: 3000);
    var data = recipe.Pairs(
        ParallelCorpora.Descriptions,
        new PairOptions
        {
            MaxVocabulary = 4000, MaxSourceTokens = 32, ClipSource = true, MaxTargetTokens = 14, Validation = 0.02, Test = 0.04,
        },
        smoke: options => options with { MaxVocabulary = 600, MaxTrainPairs = 300 },
        full: options => options with { MaxVocabulary = 16_000, MaxSourceTokens = 120, MaxTargetTokens = 30 });
    var (test, tokenizer) = (data.Test.EvenlySpaced(tests), data.Tokenizer);
    int[] all = [.. Enumerable.Range(0, test.Count)];
    var synopses = Enumerable.Range(0, data.Train.Count).Select(i => data.Train[i].Target);
    var frequent = string.Join(' ', WordFrequencies.MostFrequent(synopses, 4));

    const string Lead = "first sentence", Nearest = "synopsis of the nearest description", Name = "package name";
    const string Frequent = "most frequent words", Unread = "5-gram model, reads nothing", Transformer = "Transformer";
    var rouge1 = new Metric("ROUGE-1", "0.0", Best.Highest);
    var rouge2 = new Metric("ROUGE-2", "0.0", Best.Highest);
    var rougeL = new Metric("ROUGE-L", "0.0", Best.Highest);
    var greedyRouge = new Metric("ROUGE-L, greedy", "0.0");
    var words = new Metric("words", "0.0");

    Rouge Score(IEnumerable<string> texts) => Rouge.ComputeCorpus(texts.Select((text, i) => (text, test[i].Target)));
    string[] Decode(IEnumerable<IReadOnlyList<int>> texts) => [.. texts.Select(ids => tokenizer.Decode(ids).Trim())];
    string FirstSentence(string text) => Regex.Split(text, "(?<=[.!?]) ")[0];
    int CountWords(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;

    void Evaluate(Variant variant, IEnumerable<string> summaries)
    {
        string[] texts = [.. summaries];
        RecordRouge(variant, Score(texts));
        variant.Record(words, texts.Average(CountWords));
        var rows = all.Take(12).Select(i => new[] { test[i].Source, texts[i], test[i].Target });
        variant.Record("Summaries", ["description", "summary", "synopsis"], rows);
    }

    void RecordRouge(Variant variant, Rouge rouge)
    {
        variant.Record(rouge1, rouge.Rouge1);
        variant.Record(rouge2, rouge.Rouge2);
        variant.Record(rougeL, rouge.RougeL);
    }

    string Length(StudyRow row) => $"{row.Format(rougeL)} with {row.Format(words)} words";
    string Show(StudyRow row) => $"{row.Format(rouge1)}/{row.Format(rouge2)}/{row.Format(rougeL)}";
    return recipe.Study()
        .On(data.Summary)
        .About("What Debian's archive says of its packages: the first paragraph of the description, and the synopsis that its maintainer "
            + "wrote. **ROUGE** is F₁ of what a summary shares with the synopsis, **words** the mean length of the summaries, **PPL** "
            + "the perplexity per token.")
        .Columns(rouge1, rouge2, rougeL, greedyRouge, words, Metric.Perplexity)
        .Variant(Lead, variant => Evaluate(variant, all.Select(i => FirstSentence(test[i].Source))))
        .Variant(Nearest, variant => Evaluate(variant, NearestSentence.ByBleu(test.Source, data.Train.Source)
            .Select(neighbour => data.Train[neighbour.Index].Target)))
        .Variant(Name, variant => Evaluate(variant, all.Select(i => test.Source.Source(i).Document.Replace('-', ' '))))
        .Variant(Frequent, variant => Evaluate(variant, all.Select(_ => frequent)))
        .Variant(Unread, variant =>
        {
            var model = NGramModel.Train(data.Train.Target, tokenizer.Vocabulary.Count, order: 5);
            variant.Record(Metric.Perplexity, model.Perplexity(test.Target));
            var random = new StableRandom(variant.Seed);
            Evaluate(variant, Decode(all.Select(_ => model.Sample(random, greedy.MaxTokens))));
        })
        .Variant(Transformer, variant =>
        {
            var model = variant.Build(() => config.Build(tokenizer.Vocabulary.Count));
            variant.Train(new Seq2SeqTask(model, data), training);
            variant.Record(Metric.Perplexity, Likelihood.Evaluate(model, test).Perplexity);
            var start = Prompt.From(model, test.Source);
            Evaluate(variant, Decode(BeamSearch.Decode(start, beam, greedy).Select(found => found[0].Tokens)));
            variant.Record(greedyRouge, Score(Decode(start.Generate(greedy))).RougeL);
        })
        .Report(report => report
            .Section("How good the summaries are")
            .Figure("rouge", report.Bars(("ROUGE-1", rouge1), ("ROUGE-2", rouge2), ("ROUGE-L", rougeL)).Y("F₁"),
                "Shared words, shared pairs of words, and words in the same order, with the synopsis that the maintainer wrote.")
            .Figure("validation", report.Curves("validation loss", y: "nats per synopsis", markers: true),
                "−log p of the validation synopses, without label smoothing.")
            .Section("What they generate").Texts())
        .Headline("Transformer encoder–decoder, summarisation", "001", study =>
            $"ROUGE-1/2/L {Show(study[Transformer])}; first sentence {Show(study[Lead])}, nearest {Show(study[Nearest])}")
        .Expect("what the Transformer generates has more of the synopsis' words in order than that of the nearest description", study =>
            study.Less(rougeL, Nearest, Transformer))
        .Expect("and comes within 2 of the first sentence, which is at least twice as long", study => (
            study[Transformer][rougeL] > study[Lead][rougeL] - 2 && study[Lead][words] > 2 * study[Transformer][words],
            $"{Length(study[Transformer])}, {Length(study[Lead])}"))
        .Expect("it is at least 5 above the package's name and above the most frequent words", study => (
            study[Transformer][rougeL] > 5 + Math.Max(study[Name][rougeL], study[Frequent][rougeL]),
            $"{study[Transformer].Format(rougeL)}, {study[Name].Format(rougeL)} and {study[Frequent].Format(rougeL)}"))
        .Expect("reading the description helps: the perplexity per token is at least 10 below that of the 5-gram", study =>
            study.Less(Metric.Perplexity, Transformer, Unread, margin: 10));
});
