using System.Security.Cryptography;
using Research.TextVae.Support;

namespace Research.TextVae.Datasets;

/// <summary>Gets the files of a data set from one kind of source.</summary>
internal abstract class DatasetFetcher
{
    public static DatasetFetcher For(string kind, ICommandRunner commands, Action<string> notice) => kind switch
    {
        "debian" => new DebianFetcher(commands, notice),
        DatasetSource.AptDescriptions => new AptDescriptionFetcher(commands),
        "npm" => new NpmFetcher(commands),
        "url" => new UrlFetcher(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of source."),
    };

    /// <returns>Contents by name of the file in the cache.</returns>
    /// <exception cref="FetchException">The source did not give them.</exception>
    public abstract IReadOnlyDictionary<string, byte[]> Fetch(
        DatasetManifest manifest, DatasetSource source, string temporaryFolder, CancellationToken cancellation);

    protected static bool Matches(string path, string sha256)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(stream)).Equals(sha256, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Takes the wanted files out of a tar stream.</summary>
    protected static IReadOnlyDictionary<string, byte[]> Extract(Stream tar, DatasetManifest manifest, DatasetSource source)
    {
        var wanted = new Dictionary<string, DatasetFile>(StringComparer.Ordinal);
        foreach (var file in manifest.Files)
        {
            if (!wanted.TryAdd(source.PathOf(file)!, file))
                throw new FetchException($"the manifest takes two files from {Excerpt.Of(source.PathOf(file))}");
        }

        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            var reader = new TarFiles(tar);
            while (found.Count < wanted.Count && reader.Next() is { } entry)
            {
                var path = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
                if (!wanted.TryGetValue(path, out var file))
                    continue;
                if (!entry.IsFile || entry.Length != file.Size)
                    throw new FetchException($"{Excerpt.Of(path)} in it has {entry.Length} bytes, the manifest says {file.Size}");
                found[file.Name] = reader.Content();
            }
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            throw new FetchException($"the archive cannot be read: {error.Message.TrimEnd('.')}", error);
        }

        var missing = wanted.FirstOrDefault(pair => !found.ContainsKey(pair.Value.Name));
        return missing.Key is null ? found : throw new FetchException($"there is no {Excerpt.Of(missing.Key)} in it");
    }
}

/// <summary>A source did not give what was asked of it; the next one is tried. The message says what happened and what to do.</summary>
internal sealed class FetchException(string message, Exception? innerException = null) : Exception(message, innerException);
