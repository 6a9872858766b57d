using System.Text;
using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Text;

public sealed class TextFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Byte_order_mark_and_line_ends_do_not_matter()
    {
        var path = Write([0xEF, 0xBB, 0xBF, .. "naïve\r\nb\rc\n"u8]);

        Assert.Equal(["naïve", "b", "c"], TextFile.ReadLines(path));
    }

    public static TheoryData<byte[], string> Bad => new()
    {
        { [.. "one\ntwo "u8, 0xE9, .. " three"u8], "line 2, byte offset 8 (0xE9)" },
        { [.. "one\n"u8, 0xE2, 0x82], "line 2, byte offset 4 (0xE2)" },
        { [0xED, 0xA0, 0x80], "line 1, byte offset 0 (0xED)" },
        { [0xEF, 0xBB, 0xBF, (byte)'a', 0xFF], "line 1, byte offset 4 (0xFF)" },
        { [0xFF, 0xFE, (byte)'a', 0], "is UTF-16, not UTF-8" },
        { [0xFE, 0xFF, 0, (byte)'a'], "is UTF-16, not UTF-8" },
        { Encoding.Unicode.GetBytes("Plain text in the wrong encoding."), "looks like UTF-16" },
        { [.. "PK"u8, 3, 4, 0, 0, 9, 0], "is not a text file: byte 4 is 0" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_not_UTF8_is_named_with_its_place(byte[] content, string expected)
    {
        var path = Write(content);

        var error = Assert.Throws<UserException>(() => Corpus.Load(path));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Missing_files_and_folders_are_named()
    {
        Assert.Contains("there is no file", Assert.Throws<UserException>(() => TextFile.Read(Path.Combine(_folder, "none")))
            .Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<UserException>(() => Corpus.Load(_folder)).Message, StringComparison.Ordinal);
        Assert.Contains("known are austen", Assert.Throws<UserException>(() => Corpus.Load("asten")).Message, StringComparison.Ordinal);
    }

    private string Write(byte[] content)
    {
        var path = Path.Combine(_folder, "text.txt");
        File.WriteAllBytes(path, content);
        return path;
    }
}
