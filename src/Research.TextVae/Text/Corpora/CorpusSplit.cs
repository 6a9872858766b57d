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

    public IReadOnlyList<Sentence> Train { get; }

    public IReadOnlyList<Sentence> Validation { get; }

    public IReadOnlyList<Sentence> Test { get; }

    public SplitReport Report { get; }

    /// <exception cref="UserException">The corpus has too few documents or a part comes out empty.</exception>
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
