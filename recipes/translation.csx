#!/usr/bin/env dotnet-script
// How well does a Transformer encoder–decoder translate short clauses from English to Spanish? It is compared with a copy of the source,
// a lexicon learned from the same pairs that translates word by word, and the translation of the nearest training clause. BLEU is of the
// corpus as sacreBLEU computes it, in lower case, on chapters that no variant has seen.
//
//   textvae run recipes/translation.csx
#load "prelude.csx"

return Recipe.Run(Args, "translation", "English to Spanish", recipe =>
{
    var config = recipe.Configure(
        new TransformerSeq2SeqConfig { Shape = new TransformerShape { Width = 128, Layers = 2, Heads = 4, Dropout = 0.1 } },
        smoke: config => config with { Shape = config.Shape with { Width = 16 } },
        full: config => config with { Shape = config.Shape with { Width = 512, Layers = 6, Heads = 8 } });
    var training = recipe.Configure(
        new TrainingOptions
        {
            Epochs = 6, BatchSize = 128, LearningRate = 2e-3, WarmupSteps = 200, Precision = TensorEngine.FastestPrecision,
        },
        smoke: options => options with { Epochs = 1, BatchSize = 16, WarmupSteps = 5 },
        full: options => options with { Epochs = 30, LearningRate = 5e-4, WarmupSteps = 4000 });
    var beam = recipe.Configure(new BeamOptions { Width = 4, LengthPenalty = 0.6 }, prefix: "beam");
    var greedy = recipe.Configure(
        GenerationOptions.Greedy with { MaxTokens = 30 },
        smoke: options => options with { MaxTokens = 10 },
        full: options => options with { MaxTokens = 100 },
        prefix: "generation");
    var iterations = recipe.Parameter("lexicon-iterations", standard: 5, smoke: 1);
    var tests = recipe.Parameter("test-pairs", standard: 1000, smoke: 20, full: 5000);
    var data = recipe.Pairs(
        options => ParallelCorpora.Bibles("bible-english", "bible-spanish", clauses: true, options),
        new PairOptions { MaxVocabulary = 3000, MaxSourceTokens = 14, MaxTargetTokens = 16, Validation = 0.02, Test = 0.04 },
        smoke: options => options with { MaxVocabulary = 600, MaxTrainPairs = 300 },
        full: options => options with { MaxVocabulary = 8000, MaxSourceTokens = 60, MaxTargetTokens = 70 });
    var test = data.Test.EvenlySpaced(tests);
    int[] all = [.. Enumerable.Range(0, test.Count)];

    const string Copy = "copy of the source", Words = "word by word (IBM Model 1)", Nearest = "nearest training clause";
    const string Transformer = "Transformer";
    var bleu = new Metric("BLEU", "0.0", Best.Highest);
    var searchedBleu = new Metric("BLEU, beam", "0.0", Best.Highest);
    var chrf = new Metric("chrF", "0.0", Best.Highest);
    var size = new Metric("parameters (millions)");

    double Score(IEnumerable<string> texts) => SacreBleu.Bleu(texts.Select((text, i) => (text, test[i].Target)), lowercase: true);
    string[] Decode(IEnumerable<IReadOnlyList<int>> texts) => [.. texts.Select(ids => data.Tokenizer.Decode(ids).Trim())];

    void Evaluate(Variant variant, TransformerSeq2Seq model)
    {
        variant.Record(Metric.Perplexity, Likelihood.Evaluate(model, test).Perplexity);
        variant.Record(size, model.parameters().Sum(parameter => parameter.numel()) / 1e6);
        var written = Translate(variant, Prompt.From(model, test.Source));
        var best = all.Where(i => written[i].Length >= 8).DefaultIfEmpty(0).MaxBy(i => Bleu.Sentence(written[i], test.Target[i]));
        variant.Record(SourceAttention.Evaluate(model, test.Source[best], written[best]), data.Tokenizer);
    }

    IReadOnlyList<int[]> Translate(Variant variant, Prompt start)
    {
        var written = start.Generate(greedy);
        var (texts, searched) = (Decode(written), Decode(BeamSearch.Decode(start, beam, greedy).Select(found => found[0].Tokens)));
        RecordTranslations(variant, texts, searched);
        return written;
    }

    void RecordScores(Variant variant, IReadOnlyList<string> texts)
    {
        variant.Record(bleu, Score(texts));
        variant.Record(chrf, SacreBleu.Chrf(texts.Select((text, i) => (text, test[i].Target)), lowercase: true));
    }

    void RecordTranslations(Variant variant, string[] texts, string[] searched)
    {
        RecordScores(variant, texts);
        variant.Record(searchedBleu, Score(searched));
        var rows = all.Take(20).Select(i => new[] { test[i].Source, texts[i], searched[i], test[i].Target });
        variant.Record("Translations", ["English", "greedy", "beam", "Spanish"], rows);
    }

    return recipe.Study()
        .On(data.Summary)
        .About("Clauses of the World English Bible and of the Reina-Valera of 1909, paired by the words of the original that both "
            + "translate. **BLEU** and **chrF** are sacreBLEU's (`case:lc|tok:13a|smooth:exp`), of greedy decoding where it is not said.")
        .Columns(bleu, searchedBleu, chrf, Metric.Perplexity, size)
        .Variant(Copy, variant => RecordScores(variant, [.. all.Select(i => test[i].Source)]))
        .Variant(Words, variant =>
        {
            var lexicon = IbmModel1.Train(Enumerable.Range(0, data.Train.Count).Select(i => data.Train[i]), iterations);
            string[] texts = [.. all.Select(i => lexicon.TranslateText(test[i].Source))];
            RecordScores(variant, texts);
            var rows = all.Take(10).Select(i => new[] { test[i].Source, texts[i], test[i].Target });
            variant.Record("Translations", ["English", "word by word", "Spanish"], rows);
        })
        .Variant(Nearest, variant => RecordScores(variant, [.. NearestSentence.ByEditDistance(test.Source, data.Train.Source)
            .Select(neighbour => data.Train[neighbour.Index].Target)]))
        .Variant(Transformer, variant =>
        {
            var model = variant.Build(() => config.Build(data.Tokenizer.Vocabulary.Count));
            variant.Train(new Seq2SeqTask(model, data), training);
            Evaluate(variant, model);
        })
        .Report(report => report
            .Section("How good the translations are")
            .Figure("bleu", report.Bars(("word for word, or greedy", bleu), ("beam search", searchedBleu)).Y("BLEU"),
                "On chapters that no variant has seen.")
            .Figure("validation", report.Curves("validation loss", y: "nats per clause", markers: true),
                "−log p of the validation clauses, without label smoothing.")
            .Section("Where it looks")
            .Figure("attention", report.Results[Transformer].Attention(), "Attention of the highest layer to the source, the mean over "
                + "its heads, for the best translation of at least eight tokens: a row is a generated token, a column a source token.")
            .Section("What it generates").Texts())
        .Headline("Transformer encoder–decoder, translation", "001, 004", study =>
            $"BLEU {study[Transformer].Format(bleu)} ({study[Transformer].Format(searchedBleu)} by beam search); "
            + $"word by word {study[Words].Format(bleu)}, copy {study[Copy].Format(bleu)}")
        .Expect("the Transformer's BLEU is at least 10 above the copy's", study => study.Less(bleu, Copy, Transformer, margin: 10))
        .Expect("and at least 2 above word by word", study => study.Less(bleu, Words, Transformer, margin: 2))
        .Expect("and at least 2 above the translation of the nearest clause", study => study.Less(bleu, Nearest, Transformer, margin: 2))
        .Expect("beam search finds better translations than greedy decoding", study => (
            study[Transformer][searchedBleu] > study[Transformer][bleu],
            $"{study[Transformer].Format(searchedBleu)} after {study[Transformer].Format(bleu)}"));
});
