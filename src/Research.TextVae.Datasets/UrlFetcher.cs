namespace Research.TextVae.Datasets;

/// <summary>One file by HTTP.</summary>
internal sealed class UrlFetcher : DatasetFetcher
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(5);

    public override IReadOnlyDictionary<string, byte[]> Fetch(
        DatasetManifest manifest, DatasetSource source, string temporaryFolder, CancellationToken cancellation)
    {
        var path = Path.Combine(temporaryFolder, "download");
        try
        {
            using var client = new HttpClient { Timeout = _timeout };
            using var request = new HttpRequestMessage(HttpMethod.Get, source.Url);
            using var response = client.Send(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            response.EnsureSuccessStatusCode();
            using var body = response.Content.ReadAsStream(cancellation);
            using var file = File.Create(path);
            body.CopyTo(file);
        }
        catch (Exception error) when (error is HttpRequestException or UriFormatException or IOException or TaskCanceledException
            or InvalidOperationException or NotSupportedException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new FetchException($"the download failed: {error.Message}; check the network", error);
        }

        return Matches(path, source.Sha256)
            ? new Dictionary<string, byte[]> { [manifest.Files[0].Name] = File.ReadAllBytes(path) }
            : throw new FetchException(
                $"the file does not have the SHA-256 of the manifest ({source.Sha256}); it has changed or the download is damaged");
    }
}
