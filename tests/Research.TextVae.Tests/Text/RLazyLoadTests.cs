using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Research.TextVae.Datasets;

namespace Research.TextVae.Tests.Text;

public class RLazyLoadTests
{
    private static readonly string[] _first = ["Emma", "", "naïve £5"];
    private static readonly string[] _second = [.. Enumerable.Range(0, 5000).Select(i => new string((char)('a' + (i % 26)), i % 97))];

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Reads_what_R_writes(int version)
    {
        byte[] file = [.. Block(Vector(_first, version)), .. Block(Vector(_second, version)), .. Block(Vector([], version))];

        var vectors = RLazyLoad.ReadStrings(file);

        Assert.Equal([_first, _second, []], vectors);
    }

    [Fact]
    public void A_latin1_string_and_a_missing_one_are_read()
    {
        var data = Vector(["x"], 2)[..^9].Concat(Int(9 | (1 << 14))).Concat(Int(2)).Concat(new byte[] { 0xE9, 0x74 }).ToArray();
        var missing = Vector(["x"], 2)[..^9].Concat(Int(9)).Concat(Int(-1)).ToArray();

        Assert.Equal(["ét"], RStringVector.Parse(data));
        Assert.Equal([""], RStringVector.Parse(missing));
    }

    [Fact]
    public void A_file_cut_anywhere_within_a_block_is_refused_with_an_offset()
    {
        var block = Block(Vector(_first, 3));
        byte[] file = [.. block, .. block];

        for (var length = block.Length + 1; length < file.Length; length++)
        {
            var error = Assert.Throws<InvalidDataException>(() => RLazyLoad.ReadStrings(file[..length]));
            Assert.Contains($"byte {block.Length}", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_vector_cut_anywhere_is_refused()
    {
        var data = Vector(_first, 3);

        for (var length = 0; length < data.Length; length++)
            Assert.Contains("byte", Assert.Throws<InvalidDataException>(() => RStringVector.Parse(data.AsSpan(0, length)))
                .Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_is_named()
    {
        var block = Block(Vector(_second, 3));
        var wrongLength = (byte[])block.Clone();
        wrongLength[3]++;
        var wrongChecksum = (byte[])block.Clone();
        wrongChecksum[^1] ^= 1;
        var notZlib = (byte[])block.Clone();
        notZlib[4] = (byte)'Z';

        Assert.Contains("its header claims", Message(wrongLength), StringComparison.Ordinal);
        Assert.Contains("damaged near byte", Message(wrongChecksum), StringComparison.Ordinal);
        Assert.Contains("not compressed with zlib", Message(notZlib), StringComparison.Ordinal);
        Assert.Contains(
            "not a plain character vector", Message(Block([.. Vector([], 3)[..^8], .. Int(13), .. Int(0)])), StringComparison.Ordinal);
        Assert.Contains("bytes follow", Message(Block([.. Vector([], 3), 0])), StringComparison.Ordinal);

        static string Message(byte[] file) => Assert.Throws<InvalidDataException>(() => RLazyLoad.ReadStrings(file)).Message;
    }

    private static byte[] Block(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal))
            zlib.Write(content);
        return [.. Int(content.Length), .. compressed.ToArray()];
    }

    private static byte[] Vector(string[] strings, int version)
    {
        var bytes = new List<byte>([(byte)'X', (byte)'\n', .. Int(version), .. Int(0x040201), .. Int(0x020300)]);
        if (version == 3)
            bytes.AddRange([.. Int(5), .. "UTF-8"u8]);
        bytes.AddRange([.. Int(16), .. Int(strings.Length)]);
        foreach (var text in strings.Select(Encoding.UTF8.GetBytes))
            bytes.AddRange([.. Int(9 | (1 << 15)), .. Int(text.Length), .. text]);
        return [.. bytes];
    }

    private static byte[] Int(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
