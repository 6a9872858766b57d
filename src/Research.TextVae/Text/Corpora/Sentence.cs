namespace Research.TextVae.Text;

/// <summary>One sentence and where it comes from.</summary>
/// <param name="Text">The sentence as written, white space made single spaces.</param>
/// <param name="Document">Title of the document it stands in, such as a chapter.</param>
/// <param name="Label">What the document belongs to, such as a novel; a class for labelled corpora.</param>
public sealed record Sentence(string Text, string Document, string Label);
