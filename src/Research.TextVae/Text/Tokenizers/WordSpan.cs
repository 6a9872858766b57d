namespace Research.TextVae.Text;

/// <summary>A word or punctuation mark and its place in the normalized text.</summary>
internal readonly record struct WordSpan(string Value, int Start, int End);
