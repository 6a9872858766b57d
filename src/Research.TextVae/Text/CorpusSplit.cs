using Research.TextVae.Support;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Text;

/// <summary>
/// A corpus divided between training, validation and test by whole documents, so that neighbouring sentences never
/// stand on both sides; held-out sentences that training holds word for word are removed.
/// </summary>
public sealed class CorpusSplit
{
    private CorpusSplit(List<Sentence>[] parts, SplitReport report)
    {
        Train = parts[0];
        Validation = parts[1];
        Test = parts[2];
        Report = report;
    }

    /// <summary>Sentences to train on.</summary>
    public IReadOnlyList<Sentence> Train { get; }

    /// <summary>Sentences to choose the best epoch by.</summary>
    public IReadOnlyList<Sentence> Validation { get; }

    /// <summary>Sentences of held-out documents, for evaluation.</summary>
    public IReadOnlyList<Sentence> Test { get; }

    /// <summary>What the split took and left out.</summary>
    public SplitReport Report { get; }

    /// <exception cref="UserException">The corpus has too few documents or a part is empty.</exception>
    public static CorpusSplit ByDocument(Corpus corpus, SplitOptions options)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(options);
        var words = new WordScanner(lowercase: true);
        var divided = DividedCorpus<string>.Divide(corpus, options, text => [.. words.Words(text)]);
        return new CorpusSplit(
            [.. divided.Parts.Select(part => part.ConvertAll(item => item.Sentence))], divided.Report);
    }
}

/// <summary>How sentences are divided between training, validation and test.</summary>
public sealed record SplitOptions
{
    /// <summary>Share of the sentences for validation; whole documents are taken until it is reached.</summary>
    public double Validation { get; init => field = Require.Within(0, 0.9, value); } = 0.05;

    /// <summary>Share of the sentences for test.</summary>
    public double Test { get; init => field = Require.Within(0, 0.9, value); } = 0.05;

    /// <summary>Decides which documents go where.</summary>
    public ulong Seed { get; init; }

    /// <summary>Shorter sentences, in words and punctuation marks, are left out.</summary>
    public int MinTokens { get; init => field = Require.AtLeast(1, value); } = 1;

    /// <summary>Longer sentences are left out.</summary>
    public int MaxTokens { get; init => field = Require.AtLeast(1, value); } = int.MaxValue;
}

/// <summary>What a split took and what it left out.</summary>
/// <param name="TrainDocuments">Documents whose sentences train.</param>
/// <param name="ValidationDocuments">Documents held out for validation.</param>
/// <param name="TestDocuments">Documents held out for test.</param>
/// <param name="TooShort">Sentences with fewer tokens than asked for.</param>
/// <param name="TooLong">Sentences with more tokens than asked for.</param>
/// <param name="LeakedValidation">Validation sentences removed because training holds the same words.</param>
/// <param name="LeakedTest">Test sentences removed because training or validation holds the same words.</param>
public sealed record SplitReport(
    int TrainDocuments, int ValidationDocuments, int TestDocuments,
    int TooShort, int TooLong, int LeakedValidation, int LeakedTest);

/// <summary>Some of many examples, chosen at random.</summary>
internal static class RandomPart
{
    /// <summary>At most <paramref name="count"/> of them (all when 0), kept in reading order.</summary>
    public static List<T> Of<T>(List<T> examples, int count, ulong seed)
    {
        if (count == 0 || count >= examples.Count)
            return examples;
        var order = Enumerable.Range(0, examples.Count).ToArray();
        new StableRandom(StableRandom.Derive(seed, 1)).Shuffle<int>(order);
        return [.. order.Take(count).Order().Select(i => examples[i])];
    }
}
