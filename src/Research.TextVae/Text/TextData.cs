using System.Globalization;
using Research.TextVae.Support;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Text;

/// <summary>What a trainer takes: a tokenizer trained on the training sentences, and the three parts of the corpus encoded with
/// it.</summary>
[TypeFormatterSource(typeof(DescriptionFormatters), PreferredMimeTypes = [DescriptionFormatters.Html])]
public sealed class TextData : IDescribed
{
    private TextData(Corpus corpus, TextOptions options, Tokenizer tokenizer, EncodedSentences[] parts, SplitReport split)
    {
        Corpus = corpus;
        Options = options;
        Tokenizer = tokenizer;
        Train = parts[0];
        Validation = parts[1];
        Test = parts[2];
        Split = split;
    }

    /// <summary>Name of the corpus.</summary>
    public string Name => Corpus.Name;

    /// <summary>The corpus that the sentences come from.</summary>
    public Corpus Corpus { get; }

    /// <summary>The options of tokenizer, split and lengths.</summary>
    public TextOptions Options { get; }

    /// <summary>The tokenizer, trained on the training sentences unless it was given.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Sentences to train on.</summary>
    public EncodedSentences Train { get; }

    /// <summary>Sentences to choose the best epoch by.</summary>
    public EncodedSentences Validation { get; }

    /// <summary>Sentences of held-out documents, for evaluation.</summary>
    public EncodedSentences Test { get; }

    /// <summary>What the split took and left out.</summary>
    public SplitReport Split { get; }

    /// <summary>The data in one line: sizes, vocabulary, unknown tokens.</summary>
    public string Summary => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}: {Train.Count:N0} / {Validation.Count:N0} / {Test.Count:N0} sentences, {Train.Tokens:N0} training tokens, vocabulary "
            + $"{Tokenizer.Vocabulary.Count:N0}, unknown {Train.UnknownRate:P1} / {Validation.UnknownRate:P1} / {Test.UnknownRate:P1}");

    Description IDescribed.Describe() => new(
        Name, ("training", Part(Train)), ("validation", Part(Validation)), ("test", Part(Test)),
        ("vocabulary", string.Create(CultureInfo.InvariantCulture, $"{Tokenizer.Vocabulary.Count:n0} ({Tokenizer.GetType().Name})")))
    {
        Rows = [["training sentences"], .. Train.Take(3).Select(ids => new[] { Tokenizer.Decode(ids) }), ["…"]],
    };

    private static string Part(EncodedSentences part) => string.Create(
        CultureInfo.InvariantCulture, $"{part.Count:n0} sentences, {part.Tokens:n0} tokens, {part.UnknownRate:P1} unknown");

    /// <summary>Loads the corpus (see <see cref="Corpus.Load"/>) and prepares it.</summary>
    /// <exception cref="UserException">The corpus cannot be had or is too small for what is asked.</exception>
    public static TextData Load(string nameOrPath, TextOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Prepare(Corpus.Load(nameOrPath, options.Corpus), options);
    }

    /// <summary>
    /// Divides a corpus by document, trains a tokenizer on the training sentences and encodes all three parts. A word vocabulary is
    /// taken from the very sentences that train; characters and BPE are learned from all sentences of the training documents,
    /// since only then is it known how many tokens a sentence has.
    /// </summary>
    /// <param name="corpus">The text.</param>
    /// <param name="options">How it is divided and what its tokens are.</param>
    /// <param name="tokenizer">Takes the place of <see cref="TextOptions.Tokenizer"/>, and of one that is trained.</param>
    /// <exception cref="UserException">The corpus is too small for what is asked, or the tokenizer lacks the four markers.</exception>
    public static TextData Prepare(Corpus corpus, TextOptions options, Tokenizer? tokenizer = null)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(options);
        if (options.MinTokens > options.MaxTokens)
            throw new UserException(
                $"MinTokens is {options.MinTokens}, more than MaxTokens ({options.MaxTokens}); no sentence has so many tokens.");
        var split = new SplitOptions
        {
            Validation = options.Validation,
            Test = options.Test,
            Seed = options.Seed,
            MinTokens = options.MinTokens,
            MaxTokens = options.MaxTokens,
        };
        tokenizer ??= options.Tokenizer is { } given ? Tokenizer.From(given) : null;
        return tokenizer is null && options.Unit == TextUnit.Word
            ? PrepareWords(corpus, options, split)
            : PrepareIds(corpus, options, split, tokenizer ?? TrainAhead(options, DividedCorpus<int>.TrainingSentences(corpus, split)));
    }

    private static TextData PrepareWords(Corpus corpus, TextOptions options, SplitOptions split)
    {
        var scanner = new WordScanner(options.Lowercase);
        var divided = DividedCorpus<string>.Divide(corpus, split, text => [.. scanner.Words(text)]);
        var parts = divided.Parts;
        parts[0] = RandomPart.Of(parts[0], options.MaxTrainSentences, options.Seed);
        var tokenizer = WordTokenizer.TrainOnWords(
            parts[0].Select(item => item.Tokens),
            new WordTokenizerOptions
            {
                MaxVocabulary = options.MaxVocabulary,
                MinFrequency = options.MinFrequency,
                Lowercase = options.Lowercase,
            });
        return new TextData(corpus, options, tokenizer,
            [.. parts.Select(part => Encoded(part, tokenizer.IdsOf, new(corpus.Name, options, tokenizer)))], divided.Report);
    }

    private static TextData PrepareIds(Corpus corpus, TextOptions options, SplitOptions split, Tokenizer tokenizer)
    {
        // Says so where the tokenizer cannot serve a model.
        _ = tokenizer.Vocabulary;
        var divided = DividedCorpus<int>.Divide(corpus, split, text => [.. tokenizer.EncodeToIds(text)]);
        var parts = divided.Parts;
        parts[0] = RandomPart.Of(parts[0], options.MaxTrainSentences, options.Seed);
        return new TextData(corpus, options, tokenizer,
            [.. parts.Select(part => Encoded(part, ids => ids, new(corpus.Name, options, tokenizer)))], divided.Report);
    }

    private static Tokenizer TrainAhead(TextOptions options, IEnumerable<string> texts) => options.Unit switch
    {
        TextUnit.Character => CharTokenizer.Train(
            texts, new CharTokenizerOptions
            {
                MaxVocabulary = options.MaxVocabulary,
                MinFrequency = options.MinFrequency,
                Lowercase = options.Lowercase,
            }),
        TextUnit.Bpe => BpeTokenizer.Train(
            texts, new BpeTokenizerOptions
            {
                MaxVocabulary = options.MaxVocabulary,
                MinFrequency = options.MinFrequency,
                Lowercase = options.Lowercase,
            }),
        TextUnit.Gpt2 => BpeTokenizer.Gpt2(options.Lowercase).WithMarkers(),
        var unit => throw new ArgumentOutOfRangeException(nameof(options), unit, "No tokenizer is trained ahead for this unit."),
    };

    private static EncodedSentences Encoded<T>(List<(Sentence Sentence, T[] Tokens)> part, Func<T[], int[]> ids, TextEncoding encoding) =>
        new(part.ConvertAll(item => ids(item.Tokens)), part.ConvertAll(item => item.Sentence)) { Encoding = encoding };
}
