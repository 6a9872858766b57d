namespace Research.TextVae.Text;

/// <summary>A piece of running text that is never divided between training and evaluation, such as a chapter.</summary>
/// <param name="Title">Unique within the corpus.</param>
/// <param name="Label">What it belongs to, such as a novel.</param>
/// <param name="Sentences">In reading order.</param>
public sealed record Document(string Title, string Label, IReadOnlyList<string> Sentences);
