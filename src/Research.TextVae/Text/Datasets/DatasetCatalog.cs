using System.Text;

namespace Research.TextVae.Text;

/// <summary>The data sets that are known by name: the manifests of <c>datasets/</c>, which the assembly carries.</summary>
public static class DatasetCatalog
{
    private const string Prefix = "datasets/";

    private static readonly Lazy<IReadOnlyList<DatasetManifest>> s_all = new(ReadAll);

    /// <summary>In the order of their names.</summary>
    public static IReadOnlyList<DatasetManifest> All => s_all.Value;

    /// <summary>The data set of that name, or of the manifest file of that path (<c>*.json</c>); null if there is none.</summary>
    /// <exception cref="UserException">The manifest file is malformed.</exception>
    public static DatasetManifest? Find(string nameOrPath)
    {
        ArgumentNullException.ThrowIfNull(nameOrPath);
        return All.FirstOrDefault(manifest => manifest.Name == nameOrPath)
            ?? (nameOrPath.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && File.Exists(nameOrPath)
                ? ManifestJson.Parse(TextFile.Read(nameOrPath), nameOrPath)
                : null);
    }

    private static IReadOnlyList<DatasetManifest> ReadAll()
    {
        var assembly = typeof(DatasetCatalog).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(resource => resource.StartsWith(Prefix, StringComparison.Ordinal))
                .Select(resource => ManifestJson.Parse(Text(resource), resource))
                .OrderBy(manifest => manifest.Name, StringComparer.Ordinal),
        ];

        string Text(string resource)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            return reader.ReadToEnd();
        }
    }
}
