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
        { Encoding.Unicode.GetBytes("Plain text in the wrong encoding."), "iconv -f UTF-16LE" },
        { Encoding.BigEndianUnicode.GetBytes("Plain text in the wrong encoding."), "iconv -f UTF-16BE" },
        { Chinese, "it looks like GB18030: iconv -f GB18030" },
        { Encoding.Latin1.GetBytes("Déjà vu à Genève, à côté de l'hôtel; très cher. " + Western), "it looks like WINDOWS-1252" },
        { [.. "naïve, déjà vu, élève\n"u8, .. "a"u8, 0xE9, .. "b\n"u8], "line 2, byte offset 28 (0xE9); all but a few bytes are UTF-8" },
        { [0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xD6, 0xD7, 0xD8], "convert it from its encoding: iconv -f ENCODING" },
        { [.. "PK"u8, 3, 4, 0, 0, 9, 0], "is not a text file: byte 4 is 0" },
    };

    private const string Western = "Où est l'école? Là-bas, derrière l'église.";

    // 我们说的是这个，不是那个。他在这里，我的国。
    private static byte[] Chinese =>
    [
        0xCE, 0xD2, 0xC3, 0xC7, 0xCB, 0xB5, 0xB5, 0xC4, 0xCA, 0xC7, 0xD5, 0xE2, 0xB8, 0xF6, 0xA3, 0xAC, 0xB2, 0xBB, 0xCA, 0xC7, 0xC4, 0xC7,
        0xB8, 0xF6, 0xA1, 0xA3, 0xCB, 0xFB, 0xD4, 0xDA, 0xD5, 0xE2, 0xC0, 0xEF, 0xA3, 0xAC, 0xCE, 0xD2, 0xB5, 0xC4, 0xB9, 0xFA, 0xA1, 0xA3,
    ];

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
