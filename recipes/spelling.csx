#!/usr/bin/env dotnet-script
// Spelling correction with a language model: a channel with known probabilities misspells held-out sentences, and Bayes' rule finds what
// was meant, with ever better ideas of which sentences are likely: single words by their frequency, a 5-gram, an LSTM.
//
//   textvae run recipes/spelling.csx
//   textvae run recipes/spelling.csx -p rate=0.1
#load "prelude.csx"

return Recipe.Run(Args, "spelling", "Spelling correction by language models", recipe =>
{
    var channel = new TypoChannel { Rate = recipe.Parameter("rate", standard: 0.2) };
    var beam = recipe.Parameter("beam", standard: 32, smoke: 8);
    var size = recipe.Parameter("size", standard: 160, smoke: 16, full: 512);
    var training = new TrainingOptions
    {
        Epochs = recipe.Parameter("epochs", standard: 5, smoke: 1, full: 20),
        LearningRate = recipe.Parameter("learning-rate", standard: 3e-3, full: 1e-3),
        Precision = TensorEngine.FastestPrecision,
    };

    var testSentences = recipe.Parameter("test-sentences", standard: 1500, smoke: 20);
    var seeds = recipe.Parameter("seeds", standard: 1, full: 3);
    var data = recipe.Data("austen", new TextOptions
    {
        MaxTokens = recipe.Parameter("max-tokens", standard: 20, full: 40),
        MaxVocabulary = recipe.Parameter("vocabulary", standard: 6000, smoke: 1000, full: 20_000),
        MaxTrainSentences = recipe.Parameter("sentences", standard: 0, smoke: 400),
        Test = recipe.Parameter("test", standard: 0.1, full: 0.05),
    });
    var vocabulary = data.Tokenizer.Vocabulary;
    // Sentences of known words only: what is meant must be in the vocabulary to be found.
    string[][] meant = [.. data.Test.Where(ids => !ids.Contains(Vocabulary.UnkId)).Take(testSentences).Select(ids => ids.Select(id => vocabulary[id]).ToArray())];
    string[][] Misspelt(ulong seed)
    {
        var random = new StableRandom(seed);
        return [.. meant.Select(words => words.Select(word => channel.Corrupt(word, random)).ToArray())];
    }

    // Ids back to words; one that is not known stays as it was written.
    string[] Words(IReadOnlyList<int> ids, string[] observed) => [.. ids.Select((id, i) => id == Vocabulary.UnkId ? observed[i] : vocabulary[id])];

    void Correct(Variant member, Func<string[], string[]> correct)
    {
        var observed = Misspelt(member.Seed);
        var score = new SpellingScore();
        var shown = new List<string[]>();
        for (var i = 0; i < meant.Length; i++)
        {
            var corrected = correct(observed[i]);
            score.Add(meant[i], observed[i], corrected, vocabulary.Contains);
            if (shown.Count < 12 && !observed[i].SequenceEqual(meant[i]))
                shown.Add([string.Join(' ', observed[i]), string.Join(' ', corrected), corrected.SequenceEqual(meant[i]) ? "✓" : string.Join(' ', meant[i])]);
            member.Progress("correcting", i + 1, meant.Length);
        }

        member.Record("mended", score.Mended);
        member.Record("real words mended", score.RealWordErrors > 0 ? score.RealWordsMended : 0);
        member.Record("spoilt", score.Spoilt);
        member.Record("words wrong", 1 - score.WordAccuracy);
        member.Record("sentences right", score.SentenceAccuracy);
        member.Record("Corrections", ["written", "corrected", "meant"], shown);
    }

    SpellingCorrector Corrector(int order) => new(NGramModel.Train(data.Train, vocabulary.Count, order), vocabulary, channel, beam);
    const string Nothing = "nothing", Frequency = "word frequency", FiveGram = "5-gram Kneser–Ney", Lstm = "LSTM over the 5-gram's best";
    return recipe.Study()
        .On(data)
        .About(FormattableString.Invariant($"{meant.Length} held-out sentences in which a slip of one letter happens to {channel.Rate:0%} of the words. Every row corrects the same mistakes and knows the same channel; what differs is the language model."))
        .Column("mended", "0.0%", Best.Highest).Column("real words mended", "0.0%", Best.Highest).Column("spoilt", "0.00%", Best.Lowest)
        .Column("words wrong", "0.00%", Best.Lowest).Column("sentences right", "0.0%", Best.Highest)
        .Seeds(seeds)
        .Variant(Nothing, member => Correct(member, observed => observed))
        .Variant(Frequency, member =>
        {
            var corrector = Corrector(1);
            Correct(member, observed => Words(corrector.Correct(observed)[0].Ids, observed));
        })
        .Variant(FiveGram, member =>
        {
            var corrector = Corrector(5);
            Correct(member, observed => Words(corrector.Correct(observed)[0].Ids, observed));
        })
        .Variant(Lstm, member =>
        {
            var config = new RecurrentLmConfig { EmbeddingSize = size, HiddenSize = size, Dropout = 0.3, TieOutput = true };
            var model = member.Build(() => config.Build(vocabulary.Count));
            member.Train(new LanguageModelTask(model, data), training);
            member.Record("PPL", Likelihood.Evaluate(model, data.Test).Perplexity);
            var corrector = Corrector(5);
            // The 5-gram proposes, the LSTM decides.
            Correct(member, observed =>
            {
                var proposals = corrector.Correct(observed);
                var written = new Sentence(string.Join(' ', observed), "", "");
                var nll = Likelihood.Evaluate(model, new EncodedSentences([.. proposals.Select(proposal => proposal.Ids.ToArray())], [.. proposals.Select(_ => written)])).PerSentence;
                return Words(proposals[Enumerable.Range(0, proposals.Count).MaxBy(i => proposals[i].LogChannel - nll[i])].Ids, observed);
            });
        })
        .Report(report => report
            .Section("Misspelt words that were mended", "A slip that makes another word of the vocabulary (**real words**: *form* for *from*) shows only in what stands around it.")
            .Figure("mended", Figure.Of(
                    Bar.Of(report.Results.Rows.Select(row => row.Name), report.Results.Rows.Select(row => row["mended"]), "all"),
                    Bar.Of(report.Results.Rows.Select(row => row.Name), report.Results.Rows.Select(row => row["real words mended"]), "real words"))
                .Y("share mended").YFromZero().Height(340), "More context finds more of them.")
            .Section("Examples").Texts())
        .Headline("Spelling correction", "004", study => FormattableString.Invariant(
            $"words left wrong: {study[Nothing]["words wrong"]:0.0%} → {study[Frequency]["words wrong"]:0.00%} by word frequency, {study[FiveGram]["words wrong"]:0.00%} by the 5-gram, {study[Lstm]["words wrong"]:0.00%} with the LSTM"))
        .Expect("the 5-gram leaves at most three quarters as many words wrong as word frequency", study => (
            study[FiveGram]["words wrong"] <= 0.75 * study[Frequency]["words wrong"],
            FormattableString.Invariant($"{study[FiveGram]["words wrong"]:0.00%} and {study[Frequency]["words wrong"]:0.00%}")))
        .Expect("the LSTM leaves fewer wrong than the 5-gram", study => study.Less("words wrong", Lstm, FiveGram))
        .Expect("real-word errors need context: word frequency mends fewer than a quarter of them, the LSTM more than half", study => (
            study[Frequency]["real words mended"] < 0.25 && study[Lstm]["real words mended"] > 0.5,
            FormattableString.Invariant($"{study[Frequency]["real words mended"]:0.0%} and {study[Lstm]["real words mended"]:0.0%}")))
        .Expect("with context fewer than 1 % of the words that were right are changed", study => study.AtMost("spoilt", Lstm, 0.01));
});
