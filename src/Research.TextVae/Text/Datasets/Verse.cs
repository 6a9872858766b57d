namespace Research.TextVae.Text;

/// <summary>A verse of a Bible.</summary>
/// <param name="Chapter">Book and chapter as OSIS names them, such as <c>Gen.1</c>.</param>
/// <param name="Number">The verse within the chapter, from 1.</param>
/// <param name="Clauses">Its pieces in their order, at least one.</param>
internal sealed record Verse(string Chapter, int Number, IReadOnlyList<Clause> Clauses)
{
    public string Book => Chapter[..Chapter.IndexOf('.', StringComparison.Ordinal)];

    /// <summary>Without notes and headings, white space made single spaces.</summary>
    public string Text { get; } = string.Join(' ', Clauses.Select(clause => clause.Text));

    /// <summary>Strong's numbers of all its clauses.</summary>
    public IReadOnlySet<string> Originals { get; } = Clauses.SelectMany(clause => clause.Originals).ToHashSet();
}
