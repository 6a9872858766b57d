using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Datasets;

/// <summary>Where a data set comes from and how it is read; one JSON file in <c>datasets/</c>.</summary>
public sealed record DatasetManifest
{
    /// <summary>What it is called on the command line; letters, digits and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>Title for reports and lists.</summary>
    public required string Title { get; init; }

    /// <summary>What is in it, in a sentence or two.</summary>
    public required string Description { get; init; }

    /// <summary>Licence of the texts.</summary>
    public required string Licence { get; init; }

    /// <summary>Whom to name when it is used.</summary>
    public required string Attribution { get; init; }

    /// <summary>The files kept in the cache.</summary>
    public required IReadOnlyList<DatasetFile> Files { get; init; }

    /// <summary>Where the files can be had; tried in this order.</summary>
    public required IReadOnlyList<DatasetSource> Sources { get; init; }

    /// <summary>How the cached files are read.</summary>
    public required DatasetFormat Format { get; init; }
}

/// <summary>A file of a data set as it is kept in the cache.</summary>
/// <param name="Name">File name in the cache.</param>
/// <param name="Size">Bytes; about as many where the file changes with time.</param>
/// <param name="Sha256">Lower-case hexadecimal; empty where the file changes with time and its source vouches for it.</param>
public sealed record DatasetFile([property: JsonRequired] string Name, long Size, string Sha256 = "")
{
    /// <summary>Whether the file is another one at another time.</summary>
    internal bool Changes => Sha256.Length == 0;
}

/// <summary>How the files of a data set are read.</summary>
public sealed record DatasetFormat
{
    /// <summary><c>r-books</c>, <c>wordnet</c>, <c>poems</c>, <c>sword</c>, <c>descriptions</c>, <c>text</c> or <c>glyphs</c>; see
    /// <see cref="DatasetReaders"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>For <c>r-books</c>: the title of each book, in the order of the file.</summary>
    public IReadOnlyList<string> Titles { get; init; } = [];

    /// <summary>For <c>wordnet</c>: <c>definitions</c> or <c>examples</c>.</summary>
    public string Part { get; init; } = "";

    /// <summary>For <c>text</c>.</summary>
    public TextLayout Layout { get; init; }
}

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

    /// <summary>The folder inside the package where files lie under their own names, those that <see cref="Paths"/> does not
    /// place.</summary>
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

/// <summary>Reads manifests strictly: an unknown or missing key is an error that names the file.</summary>
internal static class ManifestJson
{
    private static readonly string[] _kinds = ["debian", "npm", "url", DatasetSource.AptDescriptions];

    private static readonly JsonSerializerOptions _options = new()
    {
        TypeInfoResolver = Json.Types,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static DatasetManifest Parse(string json, string file)
    {
        try
        {
            using var document = StrictJson.Parse(Encoding.UTF8.GetBytes(json), JsonCommentHandling.Skip);
            if (HoldsNull(document.RootElement))
                throw new JsonException("nothing in it may be null");
            var manifest = document.Deserialize<DatasetManifest>(_options)!;
            Check(manifest, file);
            return manifest;
        }
        catch (JsonException error)
        {
            throw new UserException($"{file} is not a data set manifest: {Excerpt.Of(error.Message, 150)}", error);
        }
    }

    private static void Check(DatasetManifest manifest, string file)
    {
        Demand(manifest.Format.Titles.Distinct().Count() == manifest.Format.Titles.Count, "two of its \"titles\" are the same");
        Demand(manifest.Files.DistinctBy(f => f.Name).Count() == manifest.Files.Count, "two of its \"files\" have one name");
        Demand(manifest.Name.Length > 0 && manifest.Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'),
            "\"name\" must be letters, digits and hyphens");
        Demand(manifest.Files.Count > 0, "\"files\" is empty");
        Demand(manifest.Files.All(f => f.Name.Length > 0 && Path.GetFileName(f.Name) == f.Name && !f.Name.StartsWith('.')
            && !f.Name.Any(char.IsControl)),
            "a name in \"files\" is not a plain file name");
        // Only what apt's own signature vouches for may be without.
        var signed = manifest.Sources.All(source => source.Kind == DatasetSource.AptDescriptions);
        Demand(manifest.Files.All(f => IsSha256(f.Sha256) || (signed && f.Changes)),
            "a \"sha256\" in \"files\" is not 64 lower-case hexadecimal digits");
        Demand(manifest.Sources.Count > 0, "\"sources\" is empty");
        Demand(!signed || manifest.Files.Count == 1, "apt's descriptions are one file");
        foreach (var source in manifest.Sources.Where(_ => !signed))
        {
            Demand(_kinds.Contains(source.Kind), $"a source's \"kind\" is '{Excerpt.Of(source.Kind)}', not {string.Join(", ", _kinds)}");
            Demand(IsSha256(source.Sha256), "a source's \"sha256\" is not 64 lower-case hexadecimal digits");
            Demand(
                source.Kind == "url" ? source.Url.Length > 0 && manifest.Files.Count == 1 : IsPackageName(source.Package),
                source.Kind == "url" ? "a url source needs \"url\" and one file" : "a package source needs \"package\"");
            Demand(source.Kind == "url" || manifest.Files.All(f => source.PathOf(f) is not null),
                "a package source needs the place of each file in \"paths\", or their \"folder\"");
        }

        void Demand(bool holds, string problem)
        {
            if (!holds)
                throw new UserException($"{file} is not a data set manifest: {problem}.");
        }
    }

    private static bool HoldsNull(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().Any(HoldsNull),
        JsonValueKind.Object => element.EnumerateObject().Any(property => HoldsNull(property.Value)),
        var kind => kind == JsonValueKind.Null,
    };

    // Also keeps a manifest from passing options to apt or npm.
    private static bool IsPackageName(string name) =>
        name.Length > 0 && name[0] != '-' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '+' or '.' or '@' or '/' or '_');

    private static bool IsSha256(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
}
