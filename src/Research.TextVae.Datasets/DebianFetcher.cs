namespace Research.TextVae.Datasets;

/// <summary>
/// A binary package of Debian, by apt, without root: downloaded to a temporary folder and unpacked there, never installed.
/// Where the machine has no package lists, apt gets a private set of them.
/// </summary>
internal sealed class DebianFetcher(ICommandRunner commands, Action<string> notice) : DatasetFetcher
{
    public override IReadOnlyDictionary<string, byte[]> Fetch(
        DatasetManifest manifest, DatasetSource source, string temporaryFolder, CancellationToken cancellation)
    {
        var package = Download(source, temporaryFolder, cancellation);
        IReadOnlyDictionary<string, byte[]> files = new Dictionary<string, byte[]>();
        var result = commands.Run(
            new Command("dpkg-deb", ["--fsys-tarfile", package], temporaryFolder)
            {
                Consume = tar => files = Extract(tar, manifest, source),
            },
            cancellation);
        // Not asked for its exit code: it is stopped as soon as the files are out.
        return files.Count > 0 ? files : throw new FetchException($"dpkg-deb could not unpack it: {result.Complaint}");
    }

    private string Download(DatasetSource source, string folder, CancellationToken cancellation)
    {
        var apt = new Apt(commands, folder);
        var exact = source.Version.Length > 0 ? $"{source.Package}={source.Version}" : source.Package;
        var result = apt.Get([], ["download", exact], cancellation);
        if (Unknown(result))
        {
            // No lists, old lists, or a Debian with another version of the package: look with fresh lists.
            notice("the package lists of this machine do not have it; fetching private ones (about 20 MB)");
            var state = apt.Update("none", [], cancellation);
            result = apt.Get(state, ["download", exact], cancellation);
            if (Unknown(result) && exact != source.Package)
                result = apt.Get(state, ["download", source.Package], cancellation);
            if (Unknown(result))
                throw new FetchException(
                    "the apt sources of this machine do not have it; add Debian's main archive to /etc/apt/sources.list");
        }

        if (result.ExitCode != 0)
            throw new FetchException($"apt-get download failed: {result.Complaint}; check the network and the apt sources");
        var package = Directory.GetFiles(folder, "*.deb").SingleOrDefault()
            ?? throw new FetchException("apt-get download ended well but left no package");
        // Of another version only the files inside can be checked, and they are, by the cache.
        if (IsVersion(package, source.Version) && !Matches(package, source.Sha256))
            throw new FetchException(
                $"{Path.GetFileName(package)} does not have the SHA-256 of the manifest ({source.Sha256}); the download is damaged, "
                    + "try again");
        return package;
    }

    private static bool Unknown(CommandResult result) =>
        result.ExitCode != 0
        && (result.Error.Contains("Unable to locate package", StringComparison.Ordinal)
            || result.Error.Contains("was not found", StringComparison.Ordinal)
            || result.Error.Contains("Can't find a source to download", StringComparison.Ordinal)
            || result.Error.Contains("404", StringComparison.Ordinal));

    private static bool IsVersion(string path, string version) =>
        version.Length > 0
            && Path.GetFileName(path).Contains($"_{version.Replace(":", "%3a", StringComparison.Ordinal)}_", StringComparison.Ordinal);
}
