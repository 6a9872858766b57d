using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Datasets;

/// <summary>The data sets that are known by name: the manifests of <c>datasets/</c>, which the assembly carries.</summary>
public static class DatasetCatalog
{
    private const string Prefix = "datasets/";

    private static readonly Lazy<IReadOnlyList<DatasetManifest>> _all = new(ReadAll);

    /// <summary>In the order of their names.</summary>
    public static IReadOnlyList<DatasetManifest> All => _all.Value;

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

    /// <summary>Makes the data sets known to <see cref="Corpus.Load"/>; called when the assembly is loaded.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The library finds data sets by name without a call of the user's.")]
    public static void Register() => CorpusSource.Register(new Source());

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

    private sealed class Source : CorpusSource
    {
        public override IReadOnlyList<string> Names => [.. DatasetCatalog.All.Select(manifest => manifest.Name)];

        public override Corpus? Find(string name, CorpusOptions options) => DatasetCatalog.Find(name) is { } manifest
            ? DatasetReaders.Read(manifest, new DatasetCache(options.CacheFolder, options.Notice).Fetch(manifest))
            : null;
    }
}
