namespace Research.TextVae.Text;

/// <summary>How the files of a data set are read.</summary>
public sealed record DatasetFormat
{
    /// <summary><c>r-books</c>, <c>wordnet</c>, <c>poems</c>, <c>sword</c>, <c>descriptions</c>, <c>text</c> or <c>glyphs</c>; see <see cref="DatasetReaders"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>For <c>r-books</c>: the title of each book, in the order of the file.</summary>
    public IReadOnlyList<string> Titles { get; init; } = [];

    /// <summary>For <c>wordnet</c>: <c>definitions</c> or <c>examples</c>.</summary>
    public string Part { get; init; } = "";

    /// <summary>For <c>text</c>.</summary>
    public TextLayout Layout { get; init; }
}
