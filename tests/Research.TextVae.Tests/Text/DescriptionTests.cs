using Research.TextVae.Datasets;
using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Text;

public sealed class DescriptionTests : IDisposable
{
    private const string Index = """
        Package: gcc-11
        Description-md5: 0123
        Description-en: GNU C compiler
         The GNU C compiler,  a fairly
         portable one.
         .
         More of it.

        Package: gcc-12
        Description-en: GNU C compiler, newer
         The same, newer:
          * a list
         and more

        Package: gcc-12-alias
        Description-en: another name
         The same, newer:

        Package: bare
        Description-en: only a synopsis

        Package: listed
        Description-en: begins with a list
          * a point
         .
         Prose at last.
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly FakeRegistry _registry = new();

    private static DatasetManifest Manifest => DatasetCatalog.Find("debian-descriptions")!;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Synopsis_and_first_paragraph_are_read()
    {
        File.WriteAllText(Path.Combine(_folder, "Translation-en"), Index);

        Assert.Equal(
            [
                ("gcc-11", "gcc-", "GNU C compiler", "The GNU C compiler, a fairly portable one."),
                ("gcc-12", "gcc-", "GNU C compiler, newer", "The same, newer:"),
                ("gcc-12-alias", "gcc--alias", "another name", "The same, newer:"),
                ("listed", "listed", "begins with a list", "Prose at last."),
            ],
            DescriptionReader.Descriptions(Manifest, _folder).Select(one => (one.Package, one.Family, one.Synopsis, one.Paragraph)));
        Assert.Equal(["GNU C compiler", "GNU C compiler, newer"], DatasetReaders.Read(Manifest, _folder).Documents[0].Sentences);
        File.WriteAllText(Path.Combine(_folder, "Translation-en"), "nothing\n");
        Assert.Contains("holds no package description", Assert.Throws<UserException>(() => DatasetReaders.Read(Manifest, _folder))
            .Message, StringComparison.Ordinal);
    }

    /// <summary>Through apt, in a private state, once; descriptions alike are one pair, versions of a package one document.</summary>
    [Fact]
    public void The_descriptions_are_fetched_through_apt_and_paired()
    {
        _registry.Interfere = command => command switch
        {
            _ when command.Arguments.Contains("indextargets") => new CommandResult(0, "/lists/one\n/lists/two\n", ""),
            _ when command.Arguments.Contains("cat-file") => new CommandResult(0, command.Arguments[^1] == "/lists/one" ? Index : "", ""),
            _ => null,
        };
        var cache = new DatasetCache(_folder, null, _registry);

        var folder = cache.Fetch(Manifest);
        cache.Fetch(Manifest);

        Assert.Equal(4, _registry.Runs.Count);
        Assert.All(_registry.Runs.Take(2), run => Assert.Contains("Acquire::Languages=en", run, StringComparison.Ordinal));
        Assert.All(_registry.Runs.Take(2), run => Assert.Contains("Dir::State=", run, StringComparison.Ordinal));
        Assert.Equal(4, DescriptionReader.Descriptions(Manifest, folder).Count);
        var corpus = ParallelCorpora.Descriptions(new CorpusOptions { CacheFolder = _folder });
        Assert.Equal(["gcc-", "listed"], corpus.Documents.Select(document => document.Title));
        Assert.Equal([("The GNU C compiler, a fairly portable one.", "GNU C compiler"), ("The same, newer:", "GNU C compiler, newer")],
            corpus.Documents[0].Pairs.Select(pair => (pair.Source, pair.Target)));
    }

    [Theory]
    [InlineData("update", "E: Failed to fetch", "apt-get update failed: E: Failed to fetch")]
    [InlineData("cat-file", "E: cannot", "apt could not read one: E: cannot")]
    [InlineData(null, "", "have no English descriptions")]
    [InlineData("missing", "", "apt-get is not on this machine")]
    public void What_goes_wrong_is_one_line(string? failing, string error, string expected)
    {
        _registry.Interfere = command =>
            failing == "missing" ? throw new FetchException("no program")
            : failing is not null && command.Arguments.Contains(failing) ? FakeRegistry.Failure(error)
            : new CommandResult(0, failing is not null && command.Arguments.Contains("indextargets") ? "/lists/one" : "", "");

        var failure = Assert.Throws<UserException>(() => new DatasetCache(_folder, null, _registry).Fetch(Manifest));

        Assert.StartsWith(
            "cannot fetch data set debian-descriptions. apt's index of descriptions: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    /// <summary>Only what apt signs may be without a hash.</summary>
    [Fact]
    public void Other_sources_need_a_hash()
    {
        const string json = """
            { "name": "x", "title": "t", "description": "d", "licence": "l", "attribution": "a",
              "files": [{ "name": "f", "size": 1 }], "sources": [{ "kind": "KIND", "package": "p" }], "format": { "kind": "descriptions" } }
            """;
        Assert.Equal("x", ManifestJson.Parse(json.Replace("KIND", "apt-descriptions", StringComparison.Ordinal), "x.json").Name);
        Assert.Contains("sha256",
            Assert.Throws<UserException>(() => ManifestJson.Parse(json.Replace("KIND", "debian", StringComparison.Ordinal), "x.json"))
                .Message, StringComparison.Ordinal);
    }
}
