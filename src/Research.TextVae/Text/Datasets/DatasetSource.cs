namespace Research.TextVae.Text;

/// <summary>One place a data set can be had from.</summary>
public sealed record DatasetSource
{
    internal const string AptDescriptions = "apt-descriptions";

    /// <summary>
    /// <c>debian</c> (a binary package, through apt), <c>npm</c> (through npm), <c>url</c> (a file by HTTP) or <c>apt-descriptions</c>
    /// (what apt's sources say of their packages, signed by the archive).
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>For <c>debian</c> and <c>npm</c>: name of the package.</summary>
    public string Package { get; init; } = "";

    /// <summary>
    /// Version of the package. Another version serves too where apt has only that, if the files in it are the same.
    /// </summary>
    public string Version { get; init; } = "";

    /// <summary>For <c>url</c>: address of the one file.</summary>
    public string Url { get; init; } = "";

    /// <summary>Bytes to download.</summary>
    public long Size { get; init; }

    /// <summary>SHA-256 of what is downloaded, in lower-case hexadecimal; not for <c>apt-descriptions</c>.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>Where each file of the data set lies inside the package.</summary>
    public IReadOnlyDictionary<string, string> Paths { get; init; } = new Dictionary<string, string>();

    /// <summary>The folder inside the package where files lie under their own names, those that <see cref="Paths"/> does not place.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Where the file lies inside the package; null if the source does not say.</summary>
    public string? PathOf(DatasetFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Paths.TryGetValue(file.Name, out var path) ? path : Folder.Length > 0 ? $"{Folder}/{file.Name}" : null;
    }

    /// <summary>The source in a few words, for messages.</summary>
    public string Describe() => Kind switch
    {
        "url" => Url,
        AptDescriptions => "apt's index of descriptions",
        _ => $"{Kind} package {Package}{(Version.Length > 0 ? " " + Version : "")}",
    };
}
