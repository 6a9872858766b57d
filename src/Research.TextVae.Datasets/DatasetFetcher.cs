using System.Formats.Tar;
using System.Security.Cryptography;

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
        var wanted = manifest.Files.ToDictionary(file => source.PathOf(file)!, StringComparer.Ordinal);
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            using var reader = new TarReader(tar, leaveOpen: true);
            while (found.Count < wanted.Count && reader.GetNextEntry() is { } entry)
            {
                var path = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
                if (!wanted.TryGetValue(path, out var file))
                    continue;
                if (entry.Length != file.Size || entry.DataStream is null)
                    throw new FetchException($"{path} in it has {entry.Length} bytes, the manifest says {file.Size}");
                var content = new byte[entry.Length];
                entry.DataStream.ReadExactly(content);
                found[file.Name] = content;
            }
        }
        catch (Exception error) when (error is InvalidDataException or FormatException or EndOfStreamException)
        {
            throw new FetchException($"the archive cannot be read: {error.Message}", error);
        }

        var missing = wanted.FirstOrDefault(pair => !found.ContainsKey(pair.Value.Name));
        return missing.Key is null ? found : throw new FetchException($"there is no {missing.Key} in it");
    }
}

/// <summary>A source did not give what was asked of it; the next one is tried. The message says what happened and what to do.</summary>
internal sealed class FetchException(string message, Exception? innerException = null) : Exception(message, innerException);
