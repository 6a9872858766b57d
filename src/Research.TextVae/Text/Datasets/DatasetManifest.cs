namespace Research.TextVae.Text;

/// <summary>Where a data set comes from and how it is read; one JSON file in <c>datasets/</c>.</summary>
public sealed record DatasetManifest
{
    /// <summary>What it is called on the command line; letters, digits and hyphens.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>What is in it, in a sentence or two.</summary>
    public required string Description { get; init; }

    public required string Licence { get; init; }

    /// <summary>Whom to name when it is used.</summary>
    public required string Attribution { get; init; }

    /// <summary>The files kept in the cache.</summary>
    public required IReadOnlyList<DatasetFile> Files { get; init; }

    /// <summary>Where the files can be had; tried in this order.</summary>
    public required IReadOnlyList<DatasetSource> Sources { get; init; }

    public required DatasetFormat Format { get; init; }
}
