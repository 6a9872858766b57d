using System.Text;
using Research.TextVae.Datasets;
using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Text;

/// <summary>Files that claim more than they hold, or hold nothing where something is expected.</summary>
public sealed class HostileFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_length_that_is_only_claimed_takes_no_memory()
    {
        byte[] block = [0x40, 0, 0, 0, 0x78, 0x9C, 0, 0];
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Contains("claims a length of", Assert.Throws<InvalidDataException>(() => RLazyLoad.ReadStrings(block))
            .Message, StringComparison.Ordinal);
        foreach (var kind in "0Lx")
            Assert.ThrowsAny<Exception>(() => new TarFiles(new MemoryStream(Header(kind, "17777777777"))).Read());
        Assert.Throws<InvalidDataException>(() => new TarFiles(new MemoryStream(Header('0', "-7777777777"))).Read());

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Theory]
    [InlineData("wordnet", "00001740 -1 n 01 entity 0 001 | that which is\n", "line 1")]
    [InlineData("poems", "[null]", "lacks its author")]
    [InlineData("poems", "[{\"author\": \"a\", \"title\": \"t\"}]", "lacks its author")]
    [InlineData("poems", "[{\"author\": \"a\", \"title\": \"t\", \"paragraphs\": [null]}]", "lacks its author")]
    public void What_is_missing_or_out_of_range_is_named(string kind, string text, string expected)
    {
        File.WriteAllText(Path.Combine(_folder, "data"), text);
        var manifest = DatasetCatalog.Find("wordnet")! with
        {
            Files = [new DatasetFile("data", 0)],
            Format = new DatasetFormat { Kind = kind, Part = "definitions" },
        };

        var error = Assert.Throws<UserException>(() => DatasetReaders.Read(manifest, _folder));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"title\": \"A\"", "\"title\": null")]
    [InlineData("\"files\": [", "\"files\": [null,")]
    [InlineData("\"name\": \"a.txt\", ", "")]
    [InlineData("\"name\": \"a.txt\"", "\"name\": \"a\\u0000\"")]
    public void A_manifest_without_something_is_refused(string good, string bad)
    {
        const string Good = """
            {"name": "a", "title": "A", "description": "", "licence": "", "attribution": "", "files": [{"name": "a.txt", "size": 1,
             "sha256": "8fb5198960d0da728fb5198960d0da728fb5198960d0da728fb5198960d0da72"}], "sources": [{"kind": "url", "url": "x",
             "sha256": "8fb5198960d0da728fb5198960d0da728fb5198960d0da728fb5198960d0da72"}], "format": {"kind": "text"}}
            """;
        ManifestJson.Parse(Good, "m.json");

        var error = Assert.Throws<UserException>(() => ManifestJson.Parse(Good.Replace(good, bad, StringComparison.Ordinal), "m.json"));

        Assert.StartsWith("m.json is not a data set manifest", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_quotes_little_and_nothing_that_steers_a_terminal()
    {
        var path = Path.Combine(_folder, "t.json");
        File.WriteAllText(path, $"{{\"model\": {{\"type\": \"\\u001b[31m\\n{new string('x', 12_000)}\"}}, "
            + "\"pre_tokenizer\": {\"type\": \"ByteLevel\", \"add_prefix_space\": false}}");

        var message = Assert.Throws<UserException>(() => Tokenizers.Tokenizer.Load(path)).Message;

        Assert.InRange(message.Length, 20, 300);
        Assert.DoesNotContain(message, char.IsControl);
        Assert.Equal("a b\uFFFDc\uFFFD😀", Excerpt.Of("a\n\nb\u001bc\ud800😀"));
        Assert.Equal("aaaa…", Excerpt.Of("aaaa😀b", 5));
        Assert.Equal("one line", new UserException("one\r\nline").Message);
    }

    private static byte[] Header(char kind, string size)
    {
        var header = new byte[512];
        Encoding.ASCII.GetBytes("name").CopyTo(header, 0);
        Encoding.ASCII.GetBytes(size).CopyTo(header, 124);
        header[156] = (byte)kind;
        header.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0").CopyTo(header, 148);
        return header;
    }
}

internal static class TarFilesExtensions
{
    public static void Read(this TarFiles tar)
    {
        while (tar.Next() is not null)
            tar.Content();
    }
}
