#!/usr/bin/env dotnet-script
// English to Spanish on short clauses of two Bibles: a Transformer encoder–decoder against a copy of the source, a lexicon learned from
// the same pairs that translates word by word, and the translation of the nearest training clause. BLEU is of the corpus, by words and
// punctuation marks in small letters, on chapters that no member has seen.
//
//   textvae run recipes/translation.csx
#load "prelude.csx"

return Recipe.Run(Args, "translation", "English to Spanish", recipe =>
{
    const string Copy = "copy of the source", Words = "word by word (IBM Model 1)", Nearest = "nearest training clause", Transformer = "Transformer";
    var data = ParallelData.Prepare(
        ParallelCorpora.Bibles("bible-english", "bible-spanish", clauses: true, new CorpusOptions { Notice = Console.Error.WriteLine }),
        new PairOptions
        {
            MaxVocabulary = recipe.Parameter("vocabulary", standard: 3000, smoke: 600, full: 8000),
            MaxSourceTokens = recipe.Parameter("max-tokens", standard: 14, full: 60),
            MaxTargetTokens = recipe.Parameter("max-target-tokens", standard: 16, full: 70),
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
        Epochs = recipe.Parameter("epochs", standard: 6, smoke: 1, full: 30),
        BatchSize = recipe.Parameter("batch", standard: 128, smoke: 16),
        LearningRate = recipe.Parameter("learning-rate", standard: 2e-3, full: 5e-4),
        WarmupSteps = recipe.Parameter("warm-up-steps", standard: 200, smoke: 5, full: 4000),
        Precision = TensorEngine.FastestPrecision,
    };
    var beam = new BeamOptions { Width = recipe.Parameter("beam", standard: 4), LengthPenalty = recipe.Parameter("length-penalty", standard: 0.6) };
    var iterations = recipe.Parameter("lexicon-iterations", standard: 5, smoke: 1);
    var test = data.Test.EvenlySpaced(recipe.Parameter("test-pairs", standard: 1000, smoke: 20, full: 5000));
    var greedy = GenerationOptions.Greedy with { MaxTokens = recipe.Parameter("max-written", standard: 30, smoke: 10, full: 100) };

    double Bleu(IEnumerable<string> texts) => Research.TextVae.Evaluation.Bleu.Texts(texts.Select((text, i) => (text, test[i].Target)));
    IEnumerable<string> Read(IEnumerable<IEnumerable<int>> texts) => texts.Select(ids => data.Tokenizer.Decode(ids).Trim());
    var all = Enumerable.Range(0, test.Count);

    return recipe.Study()
        .On(data.Summary)
        .About("Clauses of the World English Bible and of the Reina-Valera of 1909, paired by the Hebrew and Greek words that both translate.")
        .Column("BLEU", "0.0", Best.Highest).Column("BLEU, beam", "0.0", Best.Highest).Column("PPL", "0.0").Column("parameters (millions)")
        .Variant(Copy, member => member.Record("BLEU", Bleu(all.Select(i => test[i].Source))))
        .Variant(Words, member =>
        {
            var lexicon = IbmModel1.Train(Enumerable.Range(0, data.Train.Count).Select(i => data.Train[i]), iterations);
            string[] texts = [.. all.Select(i => lexicon.TranslateText(test[i].Source))];
            member.Record("BLEU", Bleu(texts));
            member.Record("Translations", ["English", "word by word", "Spanish"], all.Take(10).Select(i => new[] { test[i].Source, texts[i], test[i].Target }));
        })
        .Variant(Nearest, member => member.Record("BLEU", Bleu(NearestSentence.ByEditDistance(test.Source, data.Train.Source).Select(neighbour => data.Train[neighbour.Index].Target))))
        .Variant(Transformer, member =>
        {
            var config = new TransformerSeq2SeqConfig { Shape = shape, LabelSmoothing = smoothing };
            var model = member.Build(() => config.Build(data.Tokenizer.Vocabulary.Count));
            member.Train(new Seq2SeqTask(model, data), training);
            member.Record("PPL", Likelihood.Evaluate(model, test).Perplexity);
            member.Record("parameters (millions)", model.parameters().Sum(parameter => parameter.numel()) / 1e6);
            var start = Prompt.From(model, test.Source);
            var written = start.Generate(greedy);
            string[] texts = [.. Read(written)];
            string[] searched = [.. Read(BeamSearch.Decode(start, beam, greedy).Select(found => found[0].Tokens))];
            member.Record("BLEU", Bleu(texts));
            member.Record("BLEU, beam", Bleu(searched));
            member.Record("Translations", ["English", "greedy", "beam", "Spanish"], all.Take(20).Select(i => new[] { test[i].Source, texts[i], searched[i], test[i].Target }));
            Attention(member, model, written);
        })
        .Report(report => report
            .Section("How good")
            .Figure("bleu", Figure.Of(
                    Bar.Of(report.Results.Rows.Select(row => row.Name), report.Results.Rows.Select(row => row["BLEU"]), "word for word, or greedy"),
                    Bar.Of([Transformer], [report.Results[Transformer]["BLEU, beam"]], "beam search")).Y("BLEU").YFromZero().Height(340),
                "On chapters that no member has seen.")
            .Figure("validation", Figure.Of(report.Series("validation loss").Select(curve => Line.Of(curve.Series.X, curve.Series.Y, curve.Variant, markers: true))).X("epoch").Y("nats a clause").Height(340),
                "−log p of the validation clauses, labels not smoothed.")
            .Section("Where it looks")
            .Figure("attention", Looks(report), "Attention of the highest layer to the source, the mean over its heads, for the best translation of at least eight tokens: a row is what is written, a column what is read.")
            .Section("What it writes").Texts())
        .Headline("Transformer encoder–decoder, translation", "001, 004", study => FormattableString.Invariant(
            $"BLEU {study[Transformer]["BLEU"]:0.0} ({study[Transformer]["BLEU, beam"]:0.0} by beam search); word by word {study[Words]["BLEU"]:0.0}, copy {study[Copy]["BLEU"]:0.0}"))
        .Expect("the Transformer's BLEU is at least 10 above the copy's", study => study.Less("BLEU", Copy, Transformer, margin: 10))
        .Expect("and at least 2 above word by word", study => study.Less("BLEU", Words, Transformer, margin: 2))
        .Expect("and at least 2 above the translation of the nearest clause", study => study.Less("BLEU", Nearest, Transformer, margin: 2))
        .Expect("beam search finds better translations than greedy decoding", study => (
            study[Transformer]["BLEU, beam"] > study[Transformer]["BLEU"],
            FormattableString.Invariant($"{study[Transformer]["BLEU, beam"]:0.0} after {study[Transformer]["BLEU"]:0.0}")));

    string Piece(int id, int place) => $"{place} {(id == Vocabulary.EosId ? "</s>" : data.Tokenizer.Decode([id]).Trim())}";

    // A row of weights for every token that is written, the rows one after another.
    void Attention(Variant member, TransformerSeq2Seq model, IReadOnlyList<int[]> written)
    {
        var best = all.Where(i => written[i].Length >= 8).DefaultIfEmpty(0).MaxBy(i => Research.TextVae.Evaluation.Bleu.Sentence(written[i], test.Target[i]));
        using var scope = torch.NewDisposeScope();
        using var inference = torch.no_grad();
        model.eval();
        var maps = new AttentionMaps();
        var read = test.Source.Batch([best], model.Device);
        long[] tokens = [Vocabulary.BosId, .. written[best].Select(id => (long)id)];
        model.Logits(torch.tensor(tokens, device: model.Device).unsqueeze(0), model.Encode(read.Targets, read.Lengths), maps);
        var weights = maps.Cross[^1].mean([1L]).squeeze(0).cpu().to_type(torch.ScalarType.Float64).data<double>().ToArray(); // [written, read]
        member.Record("attention", weights.Select((_, i) => (double)(i % read.Time)), weights,
            weights.Select((_, i) => (int)(i / read.Time) is var row && row < written[best].Length ? Piece(written[best][row], row + 1) : Piece(Vocabulary.EosId, row + 1)));
        member.Record("read", Enumerable.Range(0, (int)read.Time).Select(i => (double)i), new double[read.Time], read.Targets.flatten().data<long>().ToArray().Select((id, i) => Piece((int)id, i + 1)));
    }

    Figure Looks(StudyReport report)
    {
        var (weights, read) = (report.Series("attention").Single().Series, report.Series("read").Single().Series.Labels!);
        var rows = weights.Y.Chunk(read.Count).ToArray();
        return Figure.Of(Heatmap.Of(rows, read, weights.Labels!.Chunk(read.Count).Select(row => row[0]), "weight")).Height(460);
    }
});
