using System.Globalization;

namespace Research.TextVae.Text;

/// <summary>What a model of text pairs takes: a tokenizer trained on both sides of the training pairs, and three parts encoded with it.</summary>
public sealed class ParallelData
{
    private ParallelData(ParallelCorpus corpus, Tokenizer tokenizer, EncodedPairs[] parts)
    {
        (Corpus, Tokenizer) = (corpus, tokenizer);
        (Train, Validation, Test) = (parts[0], parts[1], parts[2]);
    }

    public ParallelCorpus Corpus { get; }

    /// <summary>The tokenizer of both sides.</summary>
    public Tokenizer Tokenizer { get; }

    public EncodedPairs Train { get; }

    public EncodedPairs Validation { get; }

    public EncodedPairs Test { get; }

    /// <summary>The data in one line: sizes and vocabulary.</summary>
    public string Summary => string.Create(
        CultureInfo.InvariantCulture,
        $"{Corpus.Name}: {Train.Count:N0} / {Validation.Count:N0} / {Test.Count:N0} pairs, {Train.Source.Tokens:N0} training tokens read and {Train.Target.Tokens:N0} written, vocabulary {Tokenizer.Vocabulary.Count:N0}");

    /// <summary>
    /// Divides the pairs by document, trains the tokenizer on the training documents and encodes all parts. Held-out pairs whose source,
    /// token by token, is also read in training are left out.
    /// </summary>
    /// <exception cref="UserException">The corpus is too small for what is asked.</exception>
    public static ParallelData Prepare(ParallelCorpus corpus, PairOptions options)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(options);
        // A pair is divided as one sentence of two lines.
        var lines = new Corpus(corpus.Name, corpus.Title, corpus.Licence, [.. corpus.Documents.Select(document => new Document(
            document.Title, document.Label, [.. document.Pairs.Select(pair => $"{pair.Source}\n{pair.Target}")]))]);
        var split = new SplitOptions { Validation = options.Validation, Test = options.Test, Seed = options.Seed };
        var tokenizer = BpeTokenizer.Train(
            DividedCorpus<int>.TrainingSentences(lines, split).SelectMany(pair => pair.Split('\n')),
            new BpeTokenizerOptions { MaxVocabulary = options.MaxVocabulary, Lowercase = options.Lowercase });
        var parts = DividedCorpus<int>.Divide(lines, split, pair => Encode(pair, tokenizer, options)).Parts;
        parts[0] = RandomPart.Of(parts[0], options.MaxTrainPairs, options.Seed);
        var read = new HashSet<string>();
        for (var p = 0; p < parts.Length; p++)
        {
            var sources = parts[p].ConvertAll(pair => string.Join(' ', Source(pair.Tokens)));
            if (p > 0)
                parts[p] = [.. parts[p].Where((_, i) => !read.Contains(sources[i]))];
            read.UnionWith(sources);
        }

        return new ParallelData(corpus, tokenizer, [.. parts.Select(part => new EncodedPairs(Side(part, 0, Source), Side(part, 1, Target)))]);
    }

    // The number of source tokens, then those of the source and of the target; nothing, which the division leaves out, where one is too long.
    private static int[] Encode(string pair, Tokenizer tokenizer, PairOptions options)
    {
        var (source, target) = (tokenizer.EncodeToIds(pair.Split('\n')[0]), tokenizer.EncodeToIds(pair.Split('\n')[1]));
        if (options.ClipSource)
            source = [.. source.Take(options.MaxSourceTokens)];
        return source.Count > 0 && target.Count > 0 && source.Count <= options.MaxSourceTokens && target.Count <= options.MaxTargetTokens
            ? [source.Count, .. source, .. target]
            : [];
    }

    private static int[] Source(int[] pair) => pair[1..(pair[0] + 1)];

    private static int[] Target(int[] pair) => pair[(pair[0] + 1)..];

    private static EncodedSentences Side(List<(Sentence Sentence, int[] Tokens)> pairs, int line, Func<int[], int[]> tokens) => new(
        pairs.ConvertAll(pair => tokens(pair.Tokens)),
        pairs.ConvertAll(pair => pair.Sentence with { Text = pair.Sentence.Text.Split('\n')[line] }));
}
