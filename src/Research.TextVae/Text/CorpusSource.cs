using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Research.TextVae.Support;

namespace Research.TextVae.Text;

/// <summary>Where corpora come from that are named instead of given by a path. The package Research.TextVae.Datasets is one.</summary>
public abstract class CorpusSource
{
    private const string Datasets = "Research.TextVae.Datasets";

    private static readonly List<CorpusSource> _registered = [];
    private static readonly Lazy<bool> _datasets = new(LoadDatasets);

    /// <summary>The names of its corpora.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>The corpus of that name, fetched if need be; null if this source has none of that name.</summary>
    /// <param name="name">Name that the user has given.</param>
    /// <param name="options">How it is loaded.</param>
    /// <exception cref="Support.UserException">It is known, and cannot be had.</exception>
    public abstract Corpus? Find(string name, CorpusOptions options);

    /// <summary>Makes the names of a source known to <see cref="Corpus.Load"/>. Registering a source of the same type again does
    /// nothing.</summary>
    /// <param name="source">The source.</param>
    public static void Register(CorpusSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        lock (_registered)
        {
            if (_registered.All(known => known.GetType() != source.GetType()))
                _registered.Add(source);
        }
    }

    /// <summary>All sources that are registered; the data sets' package registers itself if it is there.</summary>
    internal static IReadOnlyList<CorpusSource> Registered
    {
        get
        {
            _ = _datasets.Value;
            lock (_registered)
                return [.. _registered];
        }
    }

    // An assembly that is referenced but not used yet is not loaded, so its initializer has not run.
    private static bool LoadDatasets()
    {
        try
        {
            RuntimeHelpers.RunModuleConstructor(Load().ManifestModule.ModuleHandle);
            return true;
        }
        catch (IOException)
        {
            return false;
        }

        static Assembly Load()
        {
            try
            {
                return Assembly.Load(Datasets);
            }
            catch (FileNotFoundException)
            {
                // Hosts that load assemblies one by one, by path, know no neighbours.
                var library = typeof(CorpusSource).Assembly;
                var beside = Path.Combine(Path.GetDirectoryName(library.Location) ?? "", Datasets + ".dll");
                return AssemblyLoadContext.GetLoadContext(library)!.LoadFromAssemblyPath(Path.GetFullPath(beside));
            }
        }
    }
}
