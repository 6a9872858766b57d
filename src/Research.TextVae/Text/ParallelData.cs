using System.Globalization;
using Research.TextVae.Support;
using Research.TextVae.Tokenizers;
using static TorchSharp.torch;

namespace Research.TextVae.Text;

/// <summary>What a model of text pairs takes: a tokenizer trained on both sides of the training pairs, and three parts encoded with
/// it.</summary>
public sealed class ParallelData
{
    private ParallelData(ParallelCorpus corpus, Tokenizer tokenizer, EncodedPairs[] parts)
    {
        (Corpus, Tokenizer) = (corpus, tokenizer);
        (Train, Validation, Test) = (parts[0], parts[1], parts[2]);
    }

    /// <summary>The corpus that the pairs come from.</summary>
    public ParallelCorpus Corpus { get; }

    /// <summary>The tokenizer of both sides.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Pairs to train on.</summary>
    public EncodedPairs Train { get; }

    /// <summary>Pairs to choose the best epoch by.</summary>
    public EncodedPairs Validation { get; }

    /// <summary>Held-out pairs, for evaluation.</summary>
    public EncodedPairs Test { get; }

    /// <summary>The data in one line: sizes and vocabulary.</summary>
    public string Summary => string.Create(
        CultureInfo.InvariantCulture,
        $"{Corpus.Name}: {Train.Count:N0} / {Validation.Count:N0} / {Test.Count:N0} pairs, {Train.Source.Tokens:N0} training tokens read "
            + $"and {Train.Target.Tokens:N0} written, vocabulary {Tokenizer.Vocabulary.Count:N0}");

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
        var tokenizer = TrainTokenizer(DividedCorpus<int>.TrainingSentences(lines, split).SelectMany(pair => pair.Split('\n')), options);
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

        return new ParallelData(
            corpus, tokenizer, [.. parts.Select(part => new EncodedPairs(Side(part, 0, Source), Side(part, 1, Target)))]);
    }

    private static Tokenizer TrainTokenizer(IEnumerable<string> texts, PairOptions options) => options.Unit switch
    {
        TextUnit.Word => WordTokenizer.Train(texts, new() { MaxVocabulary = options.MaxVocabulary, Lowercase = options.Lowercase }),
        TextUnit.Bpe => BpeTokenizer.Train(texts, new() { MaxVocabulary = options.MaxVocabulary, Lowercase = options.Lowercase }),
        TextUnit.Gpt2 => BpeTokenizer.Gpt2(options.Lowercase).WithMarkers(),
        var unit => throw new UserException($"text pairs are made of words or byte pairs, not of {unit}; set Unit to Word, Bpe or Gpt2."),
    };

    // The number of source tokens, then those of the source and of the target; nothing, which the division leaves out, where one is too
    // long.
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

/// <summary>How a parallel corpus becomes training data. Source and target share one vocabulary; a byte-pair one leaves no word
/// unknown.</summary>
public sealed record PairOptions
{
    /// <summary>What a token is: byte pairs, or words.</summary>
    public TextUnit Unit { get; init; } = TextUnit.Bpe;

    /// <summary>Most entries of the vocabulary: the four markers, with byte pairs the 256 bytes, and what is merged from them.</summary>
    public int MaxVocabulary { get; init => field = Require.AtLeast(4 + 256, value); } = 4000;

    /// <summary>Whether capital and small letters are the same.</summary>
    public bool Lowercase { get; init; } = true;

    /// <summary>Pairs with a longer source, in tokens, are left out.</summary>
    public int MaxSourceTokens { get; init => field = Require.AtLeast(1, value); } = 40;

    /// <summary>Longer sources are cut at <see cref="MaxSourceTokens"/>; their pairs are not left out.</summary>
    public bool ClipSource { get; init; }

    /// <summary>Pairs with a longer target are left out.</summary>
    public int MaxTargetTokens { get; init => field = Require.AtLeast(1, value); } = 40;

    /// <summary>Share of the pairs held out for validation, in whole documents.</summary>
    public double Validation { get; init => field = Require.Within(0, 0.9, value); } = 0.05;

    /// <summary>Share of the pairs held out for test.</summary>
    public double Test { get; init => field = Require.Within(0, 0.9, value); } = 0.05;

    /// <summary>Decides which documents are held out and which training pairs are taken.</summary>
    public ulong Seed { get; init; }

    /// <summary>At most this many training pairs, chosen at random; 0 for all.</summary>
    public int MaxTrainPairs { get; init => field = Require.AtLeast(0, value); }
}

/// <summary>Pairs as token ids: sentence i of the source corresponds to sentence i of the target.</summary>
public sealed record EncodedPairs : IDataset<TextPairBatch>
{
    /// <exception cref="ArgumentException">The two sets differ in size.</exception>
    public EncodedPairs(EncodedSentences source, EncodedSentences target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (source.Count != target.Count)
            throw new ArgumentException($"{source.Count} sources and {target.Count} targets are not pairs.", nameof(target));
        (Source, Target) = (source, target);
    }

    /// <summary>The source sentence of each pair.</summary>
    public EncodedSentences Source { get; }

    /// <summary>The target sentence of each pair.</summary>
    public EncodedSentences Target { get; }

    /// <summary>Number of pairs.</summary>
    public int Count => Source.Count;

    /// <summary>Tokens of each target: batches hold targets of similar length.</summary>
    public IReadOnlyList<int> Lengths => Target.Lengths;

    /// <inheritdoc/>
    public TextPairBatch Batch(IReadOnlyList<int> indices, Device device)
    {
        var read = Source.Batch(indices, device);
        return new TextPairBatch(read.Targets, read.Lengths, Target.Batch(indices, device));
    }

    /// <summary>The texts of a pair as they were written.</summary>
    public TextPair this[int index] => new(Source.Source(index).Text, Target.Source(index).Text);

    /// <summary>At most <paramref name="count"/> pairs, evenly spaced over the set, in its order.</summary>
    public EncodedPairs EvenlySpaced(int count) => new(Source.EvenlySpaced(count), Target.EvenlySpaced(count));

    /// <summary>The pairs that satisfy a condition on the tokens of source and target.</summary>
    public EncodedPairs Where(Func<int[], int[], bool> keep)
    {
        ArgumentNullException.ThrowIfNull(keep);
        int[] kept = [.. Enumerable.Range(0, Count).Where(i => keep(Source[i], Target[i]))];
        return new(Source.Subset(kept), Target.Subset(kept));
    }
}

/// <summary>A batch of text pairs as tensors.</summary>
/// <param name="Source">The texts that are read, <c>w₁ … wₙ &lt;/s&gt; &lt;pad&gt;</c>; int64 [batch, source].</param>
/// <param name="SourceLengths">Their tokens without padding; int64 [batch].</param>
/// <param name="Target">The texts that are generated.</param>
public sealed record TextPairBatch(Tensor Source, Tensor SourceLengths, TextBatch Target) : IBatch<TextPairBatch>
{
    /// <inheritdoc/>
    public long Size => Target.Size;

    /// <summary>Predicted tokens of the targets.</summary>
    public long Tokens => Target.Tokens;

    /// <inheritdoc/>
    public TextPairBatch Tile(long times) => new(Source.repeat(times, 1), SourceLengths.repeat(times), Target.Tile(times));

    /// <inheritdoc/>
    public TextPairBatch Weighted(Tensor weights) => this with { Target = Target.Weighted(weights) };
}
