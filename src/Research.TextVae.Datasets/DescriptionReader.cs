using Research.TextVae.Text;

namespace Research.TextVae.Datasets;

/// <summary>
/// Package descriptions as Debian's Translation-en indexes have them: paragraphs of <c>Package:</c>, <c>Description-en:</c> with the
/// synopsis, and lines that begin with a space. One with two spaces is a list or a listing, <c> .</c> ends a paragraph.
/// </summary>
internal static class DescriptionReader
{
    public const string Kind = "descriptions", DataSet = "debian-descriptions";

    private const string Name = "Package: ", Description = "Description-en: ";

    /// <summary>The synopses: a document is a family of packages, a sentence a synopsis.</summary>
    public static Corpus Read(DatasetManifest manifest, string folder) => new(
        manifest.Name, manifest.Title, manifest.Licence,
        [.. Descriptions(manifest, folder).GroupBy(one => one.Family)
            .Select(family => new Document(family.Key, "", [.. family.Select(one => one.Synopsis).Distinct()]))]);

    /// <summary>Packages that have a synopsis and prose, in the order of the index.</summary>
    /// <exception cref="InvalidDataException">The file holds none.</exception>
    public static IReadOnlyList<PackageDescription> Descriptions(DatasetManifest manifest, string folder)
    {
        var path = Path.Combine(folder, manifest.Files[0].Name);
        var descriptions = new List<PackageDescription>();
        var (package, synopsis, prose, open) = ("", "", new List<string>(), false);
        foreach (var line in File.ReadLines(path).Append(""))
        {
            if (line.StartsWith(Name, StringComparison.Ordinal))
                package = line[Name.Length..].Trim();
            else if (line.StartsWith(Description, StringComparison.Ordinal))
                (synopsis, open) = (Whitespace.Collapse(line[Description.Length..]), true);
            else if (open && IsProse(line))
                prose.Add(line);
            else if (prose.Count > 0)
                open = false;

            if (line.Length > 0)
                continue;
            if (package.Length > 0 && synopsis.Length > 0 && prose.Count > 0)
                descriptions.Add(new PackageDescription(package, synopsis, Whitespace.Collapse(string.Join(' ', prose))));
            (package, synopsis, prose, open) = ("", "", [], false);
        }

        return descriptions.Count > 0 ? descriptions : throw new InvalidDataException($"{path} holds no package description.");
    }

    private static bool IsProse(string line) =>
        line.Length > 1 && line[0] == ' ' && !char.IsWhiteSpace(line[1]) && line.Trim() != ".";
}

/// <summary>What an archive says of a package.</summary>
/// <param name="Package">Its name.</param>
/// <param name="Synopsis">The one line.</param>
/// <param name="Paragraph">The first paragraph of the long description.</param>
internal sealed record PackageDescription(string Package, string Synopsis, string Paragraph)
{
    /// <summary>The name without digits and dots: the same for all versions of a package that are offered side by side.</summary>
    public string Family { get; } = string.Concat(Package.Where(c => !char.IsDigit(c) && c != '.'));
}
