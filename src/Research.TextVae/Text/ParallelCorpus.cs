namespace Research.TextVae.Text;

/// <summary>Texts in pairs, as documents.</summary>
public sealed record ParallelCorpus(string Name, string Title, string Licence, IReadOnlyList<ParallelDocument> Documents)
{
    /// <summary>SHA-256 of the documents' titles, labels and pairs, in hexadecimal.</summary>
    public string Sha256 => TextHash.Of(Documents.SelectMany(document =>
        document.Pairs.SelectMany(pair => new[] { pair.Source, pair.Target }).Prepend(document.Label).Prepend(document.Title)));

    /// <summary>All pairs in reading order.</summary>
    public IEnumerable<TextPair> Pairs => Documents.SelectMany(document => document.Pairs);
}

/// <summary>Pairs that are never divided between training and evaluation, such as a chapter.</summary>
/// <param name="Title">Unique within the corpus.</param>
/// <param name="Label">What it belongs to, such as a book.</param>
/// <param name="Pairs">In reading order.</param>
public sealed record ParallelDocument(string Title, string Label, IReadOnlyList<TextPair> Pairs);

/// <summary>A text and what is to be written from it: a verse and its translation, a description and its summary.</summary>
/// <param name="Source">What is read, white space made single spaces.</param>
/// <param name="Target">What is written.</param>
public sealed record TextPair(string Source, string Target);
