using System.Security.Cryptography;
using Research.TextVae.Support;

namespace Research.TextVae.Datasets;

/// <summary>
/// The folder fetched files are kept in, <c>datasets/NAME/</c> under the cache folder. A file counts only if its SHA-256 is the
/// manifest's, so a damaged one is fetched again; one that changes with time stays as it was first fetched. New files are complete
/// before they get their name, and a lock file lets only one process fetch a data set at a time.
/// </summary>
public sealed class DatasetCache
{
    private static readonly TimeSpan _lockPoll = TimeSpan.FromMilliseconds(100);

    private readonly string _folder;
    private readonly Action<string> _notice;
    private readonly ICommandRunner _commands;

    /// <param name="cacheFolder">Null for <see cref="DefaultFolder"/>.</param>
    /// <param name="notice">Receives a line on downloads and damaged files.</param>
    public DatasetCache(string? cacheFolder = null, Action<string>? notice = null)
        : this(cacheFolder, notice, new CommandRunner())
    {
    }

    internal DatasetCache(string? cacheFolder, Action<string>? notice, ICommandRunner commands)
    {
        _folder = Path.Combine(cacheFolder ?? DefaultFolder, "datasets");
        _notice = notice ?? (_ => { });
        _commands = commands;
    }

    /// <summary><c>$XDG_CACHE_HOME/research-textvae</c>, or <c>~/.cache/research-textvae</c>; where there is no home folder, a temporary
    /// one of this process alone.</summary>
    public static string DefaultFolder
    {
        get
        {
            var xdg = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            // The XDG specification has relative paths ignored.
            var root = Path.IsPathRooted(xdg) ? xdg
                : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? Path.Combine(home, ".cache")
                : _temporary.Value;
            return Path.Combine(root, "research-textvae");
        }
    }

    // Its name cannot be guessed, and no other user can enter it.
    private static readonly Lazy<string> _temporary = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("research-textvae-");
        Console.Error.WriteLine(
            $"note: there is no home folder; what is fetched is kept in {folder.FullName} until this process ends. XDG_CACHE_HOME names "
                + "another place.");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        return folder.FullName;
    });

    /// <summary>Whether all files of the data set are there and whole.</summary>
    public bool Holds(DatasetManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return manifest.Files.All(file => Check(manifest, file) == FileState.Whole);
    }

    /// <summary>The folder with the data set's files, fetched now if they are not there or damaged.</summary>
    /// <exception cref="UserException">No source could be reached or gave the right files; says which and what to do.</exception>
    public string Fetch(DatasetManifest manifest, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var folder = FolderOf(manifest);
        if (Holds(manifest))
            return folder;
        try
        {
            Directory.CreateDirectory(folder);
            using var held = Lock(manifest, cancellation);
            // Another process may have fetched it meanwhile.
            if (!Holds(manifest))
                FetchLocked(manifest, cancellation);
            return folder;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException(
                $"cannot keep data set {manifest.Name} in {folder}: {error.Message}; make the folder writable or set XDG_CACHE_HOME.",
                error);
        }
    }

    private string FolderOf(DatasetManifest manifest) => Path.Combine(_folder, manifest.Name);

    private void FetchLocked(DatasetManifest manifest, CancellationToken cancellation)
    {
        foreach (var file in manifest.Files)
        {
            if (Check(manifest, file) == FileState.Damaged)
                _notice(
                    $"{Path.Combine(FolderOf(manifest), file.Name)} is damaged (its SHA-256 is not the manifest's); fetching it again.");
        }

        var failures = new List<string>();
        foreach (var source in manifest.Sources)
        {
            cancellation.ThrowIfCancellationRequested();
            var temporary = Directory.CreateTempSubdirectory("textvae-fetch-");
            try
            {
                _notice($"fetching {manifest.Name} ({source.Describe()}, {source.Size / 1e6:0.0} MB)");
                var files = DatasetFetcher.For(source.Kind, _commands, _notice).Fetch(manifest, source, temporary.FullName, cancellation);
                foreach (var file in manifest.Files)
                    Keep(manifest, file, files[file.Name]);
                return;
            }
            catch (FetchException error)
            {
                failures.Add($"{source.Describe()}: {error.Message}");
            }
            finally
            {
                temporary.Delete(recursive: true);
            }
        }

        throw new UserException($"cannot fetch data set {manifest.Name}. {string.Join(". ", failures)}");
    }

    // Verified, written under another name, on the disk, and only then renamed: a reader never sees half a file.
    private void Keep(DatasetManifest manifest, DatasetFile file, byte[] content)
    {
        var hash = Convert.ToHexString(SHA256.HashData(content)).ToLowerInvariant();
        if (!file.Changes && hash != file.Sha256)
            throw new FetchException(
                $"the {file.Name} in it has SHA-256 {hash}, the manifest says {file.Sha256}; the package has changed, update "
                    + $"Research.TextVae");
        var path = Path.Combine(FolderOf(manifest), file.Name);
        var part = path + ".part";
        using (var stream = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(part, path, overwrite: true);
    }

    private FileState Check(DatasetManifest manifest, DatasetFile file)
    {
        var path = Path.Combine(FolderOf(manifest), file.Name);
        if (!File.Exists(path))
            return FileState.Missing;
        using var stream = File.OpenRead(path);
        if (file.Changes)
            return stream.Length > 0 ? FileState.Whole : FileState.Damaged;
        return stream.Length == file.Size
            && Convert.ToHexString(SHA256.HashData(stream)).Equals(file.Sha256, StringComparison.OrdinalIgnoreCase)
            ? FileState.Whole
            : FileState.Damaged;
    }

    // The lock is the open file, not its existence, so a process that dies leaves no lock behind.
    private FileStream Lock(DatasetManifest manifest, CancellationToken cancellation)
    {
        var path = Path.Combine(_folder, manifest.Name + ".lock");
        for (var first = true; ; first = false)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                if (first)
                    _notice($"waiting for another process that fetches {manifest.Name}");
                if (cancellation.WaitHandle.WaitOne(_lockPoll))
                    throw new OperationCanceledException(cancellation);
            }
        }
    }

    private enum FileState
    {
        Missing,
        Damaged,
        Whole,
    }
}
