namespace Research.TextVae.Text;

/// <summary>A verse's piece from one punctuation mark to the next, or a whole verse.</summary>
/// <param name="Text">With the mark that closes it, white space made single spaces.</param>
/// <param name="Originals">Strong's numbers of the Hebrew or Greek words it translates, such as <c>H7225</c>; empty where it is not tagged.</param>
internal sealed record Clause(string Text, IReadOnlySet<string> Originals);
