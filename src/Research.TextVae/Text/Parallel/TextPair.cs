namespace Research.TextVae.Text;

/// <summary>A text and what is to be written from it: a verse and its translation, a description and its summary.</summary>
/// <param name="Source">What is read, white space made single spaces.</param>
/// <param name="Target">What is written.</param>
public sealed record TextPair(string Source, string Target);
