using System.Net;
using Research.TextVae.Datasets;
using Research.TextVae.Support;

namespace Research.TextVae.Tests.Text;

public sealed class DatasetCacheTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly FakeRegistry _registry = new();
    private readonly List<string> _notices = [];

    private string Cached => Path.Combine(_folder, "datasets", "fake", "text.txt");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("debian")]
    [InlineData("npm")]
    public void Fetches_once_and_reads_from_the_cache(string kind)
    {
        var manifest = FakeRegistry.Manifest(kind);
        Assert.False(Cache().Holds(manifest));

        var folder = Cache().Fetch(manifest);

        Assert.Equal(FakeRegistry.Content, File.ReadAllBytes(Cached));
        var runs = _registry.Runs.Count;
        Assert.Equal(folder, Cache().Fetch(manifest));
        Assert.Equal(runs, _registry.Runs.Count);
        Assert.Equal(40, DatasetReaders.Read(manifest, folder).Sentences.Count());
    }

    [Fact]
    public void A_damaged_file_is_fetched_again_with_a_notice()
    {
        var manifest = FakeRegistry.Manifest("debian");
        Cache().Fetch(manifest);
        File.WriteAllBytes(Cached, [.. FakeRegistry.Content[..^1], (byte)'x']);

        Cache().Fetch(manifest);

        Assert.Equal(FakeRegistry.Content, File.ReadAllBytes(Cached));
        Assert.Equal(2, _registry.Downloads);
        Assert.Contains(_notices, notice => notice.Contains("is damaged", StringComparison.Ordinal));
    }

    [Fact]
    public void An_interrupted_fetch_leaves_nothing_that_counts()
    {
        var manifest = FakeRegistry.Manifest("debian");
        _registry.Interfere = command => command.Program == "dpkg-deb" ? throw new OperationCanceledException() : null;
        Assert.Throws<OperationCanceledException>(() => Cache().Fetch(manifest));
        Assert.False(Cache().Holds(manifest));
        // As a process killed while writing leaves it.
        File.WriteAllText(Cached + ".part", "half");

        _registry.Interfere = _ => null;
        Cache().Fetch(manifest);

        Assert.True(Cache().Holds(manifest));
        Assert.Equal(["text.txt"], Directory.GetFiles(Path.GetDirectoryName(Cached)!).Select(Path.GetFileName));
    }

    [Fact]
    public void Fetches_at_the_same_time_download_once()
    {
        var manifest = FakeRegistry.Manifest("debian");
        _registry.Interfere = _ =>
        {
            Thread.Sleep(20);
            return null;
        };

        Parallel.For(0, 6, new ParallelOptions
        {
            MaxDegreeOfParallelism = 6,
        }, _ => new DatasetCache(_folder, null, _registry).Fetch(manifest));

        Assert.Equal(1, _registry.Downloads);
        Assert.True(Cache().Holds(manifest));
    }

    [Fact]
    public void Missing_package_lists_are_fetched_privately()
    {
        var manifest = FakeRegistry.Manifest("debian");
        _registry.Interfere = command => command.Arguments.Contains("download")
            && !command.Arguments.Any(a => a.StartsWith("Dir::State=", StringComparison.Ordinal))
            ? FakeRegistry.Failure("E: Unable to locate package fake")
            : null;

        Cache().Fetch(manifest);

        Assert.True(Cache().Holds(manifest));
        Assert.Contains(_registry.Runs,
            run => run.EndsWith(" update", StringComparison.Ordinal) && run.Contains("Dir::State=", StringComparison.Ordinal));
    }

    [Fact]
    public void Another_version_of_the_package_serves_if_the_file_in_it_is_the_same()
    {
        _registry.Version = "2.0";
        _registry.Package = [1, 2, 3];
        _registry.Interfere = command => command.Arguments.Contains("fake=1.0")
            ? FakeRegistry.Failure("E: Version '1.0' for 'fake' was not found")
            : null;
        Cache().Fetch(FakeRegistry.Manifest("debian"));
        Assert.True(File.Exists(Cached));

        File.Delete(Cached);
        _registry.Served = [.. FakeRegistry.Content[..^1], (byte)'x'];
        Assert.Contains("the package has changed", Message("debian"), StringComparison.Ordinal);
        Assert.False(File.Exists(Cached));
    }

    [Fact]
    public void Failures_say_what_where_and_what_to_do()
    {
        _registry.Interfere = _ => throw new FetchException("the program is not on this machine");
        Assert.Contains("apt-get is not on this machine; use Debian", Message("debian"), StringComparison.Ordinal);
        Assert.Contains("npm is not on this machine; install it", Message("npm"), StringComparison.Ordinal);

        _registry.Interfere = _ => FakeRegistry.Failure("W: something\nE: Failed to fetch http://example.org  Could not connect\n");
        Assert.Contains(
            "E: Failed to fetch http://example.org  Could not connect; check the network", Message("debian"), StringComparison.Ordinal);

        _registry.Interfere = _ => null;
        _registry.Package = [9];
        Assert.Contains("does not have the SHA-256", Message("debian"), StringComparison.Ordinal);
    }

    [Fact]
    public void Sources_are_tried_in_order()
    {
        _registry.Interfere = command => command.Program == "apt-get" ? throw new FetchException("gone") : null;

        Cache().Fetch(FakeRegistry.Manifest("debian", "npm"));

        Assert.Equal(FakeRegistry.Content, File.ReadAllBytes(Cached));
    }

    [Fact]
    public async Task A_url_is_a_source_too()
    {
        using var server = new HttpListener();
        var port = 20_000 + (Environment.ProcessId % 20_000);
        server.Prefixes.Add($"http://127.0.0.1:{port}/");
        server.Start();
        var serving = Task.Run(async () =>
        {
            var context = await server.GetContextAsync();
            await context.Response.OutputStream.WriteAsync(FakeRegistry.Content);
            context.Response.Close();
        });
        var manifest = FakeRegistry.Manifest("debian");
        var source = new DatasetSource
        {
            Kind = "url",
            Url = $"http://127.0.0.1:{port}/text.txt",
            Sha256 = FakeRegistry.Hash(FakeRegistry.Content),
        };

        Cache().Fetch(manifest with { Sources = [source] });
        await serving;
        server.Stop();

        Assert.True(Cache().Holds(manifest));
        File.Delete(Cached);
        Assert.Contains("check the network", Assert.Throws<UserException>(() => Cache().Fetch(manifest with { Sources = [source] }))
            .Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cache_that_cannot_be_written_is_named()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        var error = Assert.Throws<UserException>(() => new DatasetCache(file, null, _registry).Fetch(FakeRegistry.Manifest("debian")));

        Assert.Contains("set XDG_CACHE_HOME", error.Message, StringComparison.Ordinal);
    }

    private string Message(string kind) => Assert.Throws<UserException>(() => Cache().Fetch(FakeRegistry.Manifest(kind))).Message;

    private DatasetCache Cache() => new(_folder, _notices.Add, _registry);
}
