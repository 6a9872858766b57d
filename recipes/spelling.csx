#!/usr/bin/env dotnet-script
// How much does a language model help to correct spelling? A channel with known probabilities misspells held-out sentences, and Bayes'
// rule finds what was meant, with ever better ideas of which sentences are likely: single words by their frequency, a 5-gram, an LSTM.
//
//   textvae run recipes/spelling.csx
//   textvae run recipes/spelling.csx -p rate=0.1
#load "prelude.csx"

return Recipe.Run(Args, "spelling", "Spelling correction by language models", recipe =>
{
    var channel = recipe.Configure(new TypoChannel { Rate = 0.2 });
    var config = recipe.Configure(
        new RecurrentLmConfig { EmbeddingSize = 160, HiddenSize = 160, Dropout = 0.3, TieOutput = true },
        smoke: config => config with { EmbeddingSize = 16, HiddenSize = 16 },
        full: config => config with { EmbeddingSize = 512, HiddenSize = 512 });
    var training = recipe.Configure(
        new TrainingOptions { Epochs = 5, LearningRate = 3e-3, Precision = TensorEngine.FastestPrecision },
        smoke: options => options with { Epochs = 1 },
        full: options => options with { Epochs = 20, LearningRate = 1e-3 });
    var beam = recipe.Parameter("beam", standard: 32, smoke: 8);
    var tests = recipe.Parameter("test-sentences", standard: 1500, smoke: 20);
    var seeds = recipe.Parameter("seeds", standard: 1, full: 3);
    var data = recipe.Data(
        "austen",
        new TextOptions { MaxTokens = 20, MaxVocabulary = 6000, Test = 0.1 },
        smoke: options => options with { MaxVocabulary = 1000, MaxTrainSentences = 400 },
        full: options => options with { MaxTokens = 40, MaxVocabulary = 20_000, Test = 0.05 });
    var vocabulary = data.Tokenizer.Vocabulary;
    var test = new SpellingTest(data.Test, vocabulary, channel, tests);

    const string Nothing = "nothing", Frequency = "word frequency", FiveGram = "5-gram Kneser–Ney", Lstm = "LSTM over the 5-gram's best";
    var mended = new Metric("mended", "0.0%", Best.Highest);
    var realWords = new Metric("real words mended", "0.0%", Best.Highest);
    var spoilt = new Metric("spoilt", "0.00%", Best.Lowest);
    var wrong = new Metric("words wrong", "0.00%", Best.Lowest);
    var sentences = new Metric("sentences right", "0.0%", Best.Highest);

    void Correct(Variant variant, Func<IReadOnlyList<string>, IReadOnlyList<string>> correct)
    {
        var result = test.Run(correct, variant.Seed, done => variant.Progress("correcting", done, test.Count));
        RecordScore(variant, result.Score);
        variant.Record("Corrections", ["written", "corrected", "meant"], result.Examples(12));
    }

    void RecordScore(Variant variant, SpellingScore score)
    {
        variant.Record(mended, score.Mended);
        variant.Record(realWords, score.RealWordErrors > 0 ? score.RealWordsMended : 0);
        variant.Record(spoilt, score.Spoilt);
        variant.Record(wrong, 1 - score.WordAccuracy);
        variant.Record(sentences, score.SentenceAccuracy);
    }

    SpellingCorrector Corrector(int order) => new(NGramModel.Train(data.Train, vocabulary.Count, order), vocabulary, channel, beam);
    void CorrectByNGrams(Variant variant, int order)
    {
        var corrector = Corrector(order);
        Correct(variant, observed => corrector.Correct(observed)[0].Words(vocabulary, observed));
    }

    return recipe.Study()
        .On(data)
        .About($"{test.Count} held-out sentences in which a slip of one letter happens to {channel.Rate:0%} of the words. Every row "
            + "corrects the same mistakes with the same channel; what differs is the language model. **Mended** is the share of "
            + "misspelt words that were restored, **spoilt** the share of right words that were changed.")
        .Columns(mended, realWords, spoilt, wrong, sentences)
        .Seeds(seeds)
        .Variant(Nothing, variant => Correct(variant, observed => observed))
        .Variant(Frequency, variant => CorrectByNGrams(variant, order: 1))
        .Variant(FiveGram, variant => CorrectByNGrams(variant, order: 5))
        .Variant(Lstm, variant =>
        {
            var model = variant.Train(config, data, training);
            variant.Record(Metric.Perplexity, Likelihood.Evaluate(model, data.Test).Perplexity);
            var corrector = Corrector(5);
            // The 5-gram proposes, the LSTM decides.
            Correct(variant, observed => ReorderedCorrections.Best(corrector.Correct(observed), model).Words(vocabulary, observed));
        })
        .Report(report => report
            .Section("Misspelt words that were mended", "A slip that makes another word of the vocabulary (**real words**: *form* for "
                + "*from*) shows only in what stands around it.")
            .Figure("mended", report.Bars(("all", mended), ("real words", realWords)).Y("share mended"), "More context finds more of them.")
            .Section("Examples").Texts())
        .Headline("Spelling correction", "004", study =>
            $"words left wrong: {study[Nothing][wrong]:0.0%} → {study[Frequency].Format(wrong)} by word frequency, "
            + $"{study[FiveGram].Format(wrong)} by the 5-gram, {study[Lstm].Format(wrong)} with the LSTM")
        .Expect("the 5-gram leaves at most three quarters as many words wrong as word frequency", study => (
            study[FiveGram][wrong] <= 0.75 * study[Frequency][wrong],
            $"{study[FiveGram].Format(wrong)} and {study[Frequency].Format(wrong)}"))
        .Expect("the LSTM leaves fewer wrong than the 5-gram", study => study.Less(wrong, Lstm, FiveGram))
        .Expect("real-word errors need context: word frequency mends fewer than a quarter of them, the LSTM more than half", study => (
            study[Frequency][realWords] < 0.25 && study[Lstm][realWords] > 0.5,
            $"{study[Frequency].Format(realWords)} and {study[Lstm].Format(realWords)}"))
        .Expect("with context fewer than 1 % of the words that were right are changed", study => study.AtMost(spoilt, Lstm, 0.01));
});
