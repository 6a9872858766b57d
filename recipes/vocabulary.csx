#!/usr/bin/env dotnet-script
// What should a token be, and how many should there be? Characters, byte-level BPE and words, from small vocabularies to large ones, on the
// same sentences and the same LSTM: unknown words, length, and bits per character, the one measure of likelihood that compares them all.
//
//   textvae run recipes/vocabulary.csx
//   textvae run recipes/vocabulary.csx -p data=my-text.txt
#load "prelude.csx"

return Recipe.Run(Args, "vocabulary", "Words, subwords or characters", recipe =>
{
    var training = recipe.Configure(
        new TrainingOptions { Epochs = 4, LearningRate = 4e-3, Precision = TensorEngine.FastestPrecision },
        smoke: options => options with { Epochs = 1 },
        full: options => options with { Epochs = 20, LearningRate = 1e-3 });
    var config = recipe.Configure(
        new RecurrentLmConfig { EmbeddingSize = 160, HiddenSize = 160, Dropout = 0.2, TieOutput = true },
        smoke: config => config with { EmbeddingSize = 16, HiddenSize = 16 },
        full: config => config with { EmbeddingSize = 512, HiddenSize = 512 });
    int[] sizes =
    [
        recipe.Parameter("small", standard: 300, smoke: 280),
        recipe.Parameter("middle", standard: 1000, smoke: 300),
        recipe.Parameter("large", standard: 4000, smoke: 320, full: 20_000),
    ];
    var seeds = recipe.Parameter("seeds", standard: 1, full: 3);
    // In words first, to have sentences of a length that suits every unit.
    var words = recipe.Data(
        "austen",
        new TextOptions { MaxTokens = 12, MaxVocabulary = int.MaxValue, MaxTrainSentences = 8000 },
        smoke: options => options with { MaxTrainSentences = 150 },
        full: options => options with { MaxTokens = 40, MaxTrainSentences = 0 });
    bool Fits(int count) => count >= words.Options.MinTokens && count <= words.Options.MaxTokens;
    var corpus = words.Corpus.Where(text => Fits(words.Tokenizer.CountTokens(text)));
    var whole = words.Options with { MinTokens = 1, MaxTokens = int.MaxValue };
    var spelling = LetterModel.Train(words.Tokenizer.Vocabulary.Words);

    var entries = new Metric("vocabulary", "0");
    var unknown = new Metric("unknown", "0.0%", Best.Lowest);
    var length = new Metric("tokens per sentence", "0.0");
    var perplexity = new Metric("PPL per token", "0.0");
    var bits = new Metric("bits per character", "0.000", Best.Lowest);
    var hidden = new Metric("without unknown words", "0.000");
    var speed = new Metric("thousand characters per second", "0", Best.Highest);
    var decoding = GenerationOptions.Sample(new TopP(0.9)) with { MaxTokens = 120 };

    void Train(Variant variant, TextUnit unit, int size)
    {
        var data = TextData.Prepare(corpus, whole with { Unit = unit, MaxVocabulary = size });
        var model = variant.Build(() => config.Build(data.Tokenizer.Vocabulary.Count));
        var trained = variant.Train(new LanguageModelTask(model, data), training);
        variant.Record(speed, (double)data.Train.Characters * trained.Epoch / trained.Seconds / 1000);
        Evaluate(variant, model, data);
    }

    void Evaluate(Variant variant, LanguageModel model, TextData data)
    {
        RecordTokens(variant, data);
        var likelihood = CharacterLikelihood.Evaluate(model, data.Test, data.Tokenizer, spelling);
        RecordLikelihood(variant, likelihood);
        var texts = model.Generate(5, decoding, variant.Seed).Select(ids => new[] { data.Tokenizer.Decode(ids) });
        variant.Record("Samples, top-p 0.9", ["text"], texts);
    }

    void RecordTokens(Variant variant, TextData data)
    {
        variant.Record(entries, data.Tokenizer.Vocabulary.Count);
        variant.Record(unknown, data.Test.UnknownRate);
        variant.Record(length, (double)data.Test.Tokens / data.Test.Count);
    }

    void RecordLikelihood(Variant variant, CharacterLikelihood likelihood)
    {
        variant.Record(perplexity, likelihood.Tokens.Perplexity);
        variant.Record(bits, likelihood.Bits);
        variant.Record(hidden, likelihood.BitsWithoutUnknown);
    }

    const string Characters = "characters", AllWords = "all words";
    string[] bpe = [.. sizes.Select(size => $"BPE {size}")], limited = [.. sizes.Select(size => $"{size} words")];
    var study = recipe.Study().Variant(Characters, variant => Train(variant, TextUnit.Character, 1000));
    foreach (var (name, size) in bpe.Zip(sizes))
        study.Variant(name, variant => Train(variant, TextUnit.Bpe, size));
    foreach (var (name, size) in limited.Zip(sizes))
        study.Variant(name, variant => Train(variant, TextUnit.Word, size));
    study.Variant(AllWords, variant => Train(variant, TextUnit.Word, int.MaxValue));
    (string, string[])[] units = [("characters", [Characters]), ("BPE", bpe), ("words", [.. limited, AllWords])];

    return study
        .On(words)
        .About("One LSTM, the same sentences in lower case, the same number of epochs; what differs is the unit and how many there are. "
            + "**Bits per character** counts the whole text: an unknown word costs its `<unk>` and its spelling, letter by letter. Where "
            + "spaces stand is free to words, which nearly always imply it.")
        .Columns(entries, unknown, length, perplexity, bits, hidden, speed)
        .Seeds(seeds)
        .Report(report => report
            .Section("Likelihood", "Perplexity per token cannot be compared between these rows, because the tokens differ. Bits per "
                + "character can, if nothing is hidden.")
            .Figure("bits", report.Against(entries, bits, units).LogX(), "The whole text, unknown words spelt out. With all words of the "
                + "training text in the vocabulary, no `<unk>` is seen in training, and each one in the test comes as a surprise.")
            .Figure("hidden", report.Against(entries, hidden, units, "bits per character").LogX(),
                "As if unknown words cost no more than their mark: the smaller the vocabulary of words, the better it seems.")
            .Section("Length", "Short sequences train faster and need less memory of the past; they cost a larger output layer.")
            .Figure("length", report.Against(entries, length, units).LogX().YFromZero(), "The same sentences.")
            .Section("What they generate").Texts())
        .Headline("Vocabulary size, unknown words", "004", study => $"bits per character: {study[Characters][bits]:0.00} by characters, "
            + $"{bpe.Min(name => study[name][bits]):0.00} by BPE, {study[limited[0]][bits]:0.00} by {limited[0]} "
            + $"({study[limited[0]][unknown]:0%} unknown), {study[AllWords][bits]:0.00} by all words")
        .Expect("the larger the vocabulary of words, the fewer are unknown", study => study.Falls(unknown, [.. limited, AllWords]))
        .Expect("characters and byte-level BPE know every word", study => study.Count(4, row =>
            row[unknown] < 0.001 && (row.Name == Characters || bpe.Contains(row.Name))))
        .Expect("the larger the vocabulary, the shorter the sequence", study => study.Falls(length, [Characters, .. bpe, AllWords]))
        .Expect("a small vocabulary of words seems better than all words while it hides what it does not know", study =>
            study.Less(hidden, limited[0], AllWords))
        .Expect("it is worse when unknown words are spelt out", study => study.Less(bits, AllWords, limited[0]))
        .Expect("the best BPE needs fewer bits per character than characters do", study =>
            (bpe.Min(name => study[name][bits]) < study[Characters][bits],
                string.Join(", ", study.Rows.Select(row => $"{row.Name} {row.Format(bits)}"))));
});
