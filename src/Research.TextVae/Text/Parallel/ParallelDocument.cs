namespace Research.TextVae.Text;

/// <summary>Pairs that are never divided between training and evaluation, such as a chapter.</summary>
/// <param name="Title">Unique within the corpus.</param>
/// <param name="Label">What it belongs to, such as a book.</param>
/// <param name="Pairs">In reading order.</param>
public sealed record ParallelDocument(string Title, string Label, IReadOnlyList<TextPair> Pairs);
