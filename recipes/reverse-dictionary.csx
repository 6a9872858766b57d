#!/usr/bin/env dotnet-script
// A reverse dictionary (Hill et al. 2016): which word has this definition? A Transformer reads a definition of WordNet and gives a
// distribution over words; it shares one table of word vectors between what it reads and what it answers. The baseline looks for the
// training definition that has the most words in common with the question, weighted by their rarity, and answers with its word. The
// questions are held-out definitions of words that have other definitions in training, so that both can know the answer.
//
//   textvae run recipes/reverse-dictionary.csx
#load "prelude.csx"

return Recipe.Run(Args, "reverse-dictionary", "Which word has this definition?", recipe =>
{
    var config = recipe.Configure(
        new TransformerSeq2SeqConfig { Shape = new TransformerShape { Width = 128, Layers = 1, Heads = 4, Dropout = 0.2 } },
        smoke: config => config with { Shape = config.Shape with { Width = 16 } },
        full: config => config with { Shape = config.Shape with { Width = 512, Layers = 3, Heads = 8 } });
    var training = recipe.Configure(
        new TrainingOptions
        {
            Epochs = 6, BatchSize = 256, LearningRate = 2e-3, WarmupSteps = 200, Precision = TensorEngine.FastestPrecision,
        },
        smoke: options => options with { Epochs = 1, BatchSize = 32, WarmupSteps = 5 },
        full: options => options with { Epochs = 20, LearningRate = 1e-3 });
    var tests = recipe.Parameter("test-definitions", standard: 1000, smoke: 20, full: 3000);
    var data = recipe.Pairs(
        ParallelCorpora.Definitions,
        new PairOptions
        {
            Unit = TextUnit.Word, MaxVocabulary = 12_000, MaxSourceTokens = 30, ClipSource = true, MaxTargetTokens = 1, Validation = 0.02,
            Test = 0.04,
        },
        smoke: options => options with { MaxVocabulary = 1000, MaxTrainPairs = 1000 },
        full: options => options with { MaxVocabulary = 30_000 });
    string Text(IEnumerable<int> ids) => data.Tokenizer.Decode([.. ids]);
    EncodedPairs Known(EncodedPairs pairs) => pairs.Where((_, target) => target[0] != Vocabulary.UnkId);
    var (train, validation) = (Known(data.Train), Known(data.Validation));

    // The possible answers are the words that have a definition in training; the questions, definitions of one of them at least.
    int[] words = [.. train.Target.Select(target => target[0]).Distinct().Order()];
    var places = words.Select((word, place) => (word, place)).ToDictionary(entry => entry.word, entry => entry.place);
    int[] answered = [.. train.Target.Select(target => places[target[0]])];
    var questions = Known(data.Test).Where((_, target) => places.ContainsKey(target[0]));
    var asked = Enumerable.Range(0, questions.Count).GroupBy(i => Text(questions.Source[i])).Take(tests).ToArray();
    var definitions = questions.Source.Subset([.. asked.Select(own => own.First())]);
    int[][] right = [.. asked.Select(own => own.Select(i => places[questions.Target[i][0]]).ToArray())];
    string Words(IEnumerable<int> answers) => string.Join(", ", answers.Select(answer => Text([words[answer]])));

    const string Frequent = "most frequent answers", Nearest = "nearest definition (tf-idf)", Transformer = "Transformer";
    var (first, ten, median) = (RecordedAnswers.First, RecordedAnswers.Ten, RecordedAnswers.MedianRank);

    void Evaluate(Variant variant, IReadOnlyList<double[]> scores)
    {
        variant.Record(new RankedAnswers([.. right.Select((answers, i) => RankedAnswers.Rank(scores[i], answers))]));
        string Best(int i) => Words(Enumerable.Range(0, words.Length).OrderByDescending(word => scores[i][word]).Take(5));
        variant.Record("Answers", ["definition", "word", "answers"], right.Take(20).Select((answers, i) =>
            new[] { Text(definitions[i]), Words(answers), Best(i) }));
    }

    return recipe.Study()
        .On($"{data.Summary}; {right.Length:N0} questions, {words.Length:N0} possible answers")
        .About("Definitions of WordNet and the single words that they define. A question is answered with all words in an order; **median "
            + "rank** is the place of the right one, the best of them where a definition has several.")
        .Columns(first, ten, RecordedAnswers.Hundred, median)
        .Variant(Frequent, variant =>
        {
            var counts = Enumerable.Range(0, words.Length).GroupJoin(answered, word => word, word => word, (_, all) => (double)all.Count());
            Evaluate(variant, [.. Enumerable.Repeat(counts.ToArray(), right.Length)]);
        })
        .Variant(Nearest, variant =>
        {
            var known = new TfIdf([.. train.Source]);
            Evaluate(variant, [.. definitions.Select(definition => known.HighestByClass(definition, answered, words.Length))]);
        })
        .Variant(Transformer, variant =>
        {
            var model = variant.Build(() => config.Build(data.Tokenizer.Vocabulary.Count));
            variant.Train(new Seq2SeqTask(model, train, validation), training);
            Evaluate(variant, RankedAnswers.Scores(model, definitions, words));
        })
        .Report(report => report
            .Section("How often the word is found")
            .Figure("accuracy", report.Curves("accuracy", y: "share of questions", x: "answers", markers: true).LogX().YFromZero(),
                "The share of questions whose word is among the first answers.")
            .Figure("validation", report.Curves("validation loss", y: "nats per word", markers: true), "−log p of the validation words.")
            .Section("Answers").TextsBeside("Answers"))
        .Headline("Transformer encoder, reverse dictionary", "001", study =>
            $"accuracy at 1 / 10 {study[Transformer].Format(first)} / {study[Transformer].Format(ten)}, median rank "
            + $"{study[Transformer].Format(median)} of {words.Length:N0}; tf-idf {study[Nearest].Format(first)} / "
            + $"{study[Nearest].Format(ten)}, {study[Nearest].Format(median)}")
        .Expect("the Transformer's median rank is below that of the most frequent answers", study =>
            study.Less(median, Transformer, Frequent))
        .Expect("at this size the nearest definition beats its median rank", study => study.Less(median, Nearest, Transformer))
        .Expect("and in the share of words among ten answers", study => study.Less(ten, Transformer, Nearest));
});
