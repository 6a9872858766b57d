namespace Research.TextVae.Notebooks.Engine;

/// <summary>Part of a cell in one language.</summary>
/// <param name="Language"><c>csharp</c>, or the MIME type under which the text is displayed as it is.</param>
/// <param name="Code">The text; lines that stand before it in the cell are empty, so that positions are those of the cell.</param>
internal sealed record CellPart(string Language, string Code)
{
    public const string CSharp = "csharp";
}
