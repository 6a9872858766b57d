using System.Globalization;
using Research.TextVae.Seeding;

namespace Research.TextVae.Text;

/// <summary>What a trainer takes: a tokenizer trained on the training sentences, and the three parts of the corpus encoded with it.</summary>
public sealed class TextData
{
    private TextData(Corpus corpus, TextOptions options, WordTokenizer tokenizer, SentenceSet[] parts, SplitReport split)
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

    public Corpus Corpus { get; }

    public TextOptions Options { get; }

    public Tokenizer Tokenizer { get; }

    public SentenceSet Train { get; }

    public SentenceSet Validation { get; }

    public SentenceSet Test { get; }

    /// <summary>What the split took and left out.</summary>
    public SplitReport Split { get; }

    /// <summary>The data in one line: sizes, vocabulary, unknown words.</summary>
    public string Summary => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}: {Train.Count:N0} / {Validation.Count:N0} / {Test.Count:N0} sentences, {Train.Tokens:N0} training tokens, vocabulary {Tokenizer.Vocabulary.Count:N0}, unknown {Train.UnknownRate:P1} / {Validation.UnknownRate:P1} / {Test.UnknownRate:P1}");

    /// <summary>Loads the corpus (see <see cref="Corpus.Load"/>) and prepares it.</summary>
    /// <exception cref="UserErrorException">The corpus cannot be had or is too small for what is asked.</exception>
    public static TextData Load(string nameOrPath, TextOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Prepare(Corpus.Load(nameOrPath, options.Corpus), options);
    }

    /// <summary>Divides a corpus by document, trains a word tokenizer on the training sentences and encodes all three parts.</summary>
    /// <exception cref="UserErrorException">The corpus is too small for what is asked.</exception>
    public static TextData Prepare(Corpus corpus, TextOptions options)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(options);
        if (options.MinTokens > options.MaxTokens)
            throw new UserErrorException($"MinTokens is {options.MinTokens}, more than MaxTokens ({options.MaxTokens}); no sentence has so many tokens.");
        var split = new SplitOptions
        {
            Validation = options.Validation,
            Test = options.Test,
            Seed = options.Seed,
            MinTokens = options.MinTokens,
            MaxTokens = options.MaxTokens,
        };
        var scanner = new WordScanner(options.Lowercase);
        var divided = DividedCorpus.Of(corpus, split, text => [.. scanner.Words(text)]);
        var parts = divided.Parts;
        parts[0] = Sample(parts[0], options);
        var tokenizer = WordTokenizer.TrainOnWords(
            parts[0].Select(item => item.Words),
            new WordTokenizerOptions { MaxVocabulary = options.MaxVocabulary, MinFrequency = options.MinFrequency, Lowercase = options.Lowercase });
        return new TextData(
            corpus, options, tokenizer,
            [.. parts.Select(part => new SentenceSet(part.ConvertAll(item => tokenizer.IdsOf(item.Words)), part.ConvertAll(item => item.Sentence)))],
            divided.Report);
    }

    // Chosen at random, kept in reading order.
    private static List<(Sentence Sentence, string[] Words)> Sample(List<(Sentence Sentence, string[] Words)> sentences, TextOptions options)
    {
        if (options.MaxTrainSentences == 0 || options.MaxTrainSentences >= sentences.Count)
            return sentences;
        var order = Enumerable.Range(0, sentences.Count).ToArray();
        new StableRandom(StableRandom.Derive(options.Seed, 1)).Shuffle<int>(order);
        return [.. order.Take(options.MaxTrainSentences).Order().Select(i => sentences[i])];
    }
}
