using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Research.TextVae.Text;

/// <summary>
/// The entries of a SWORD module of the kind zText. Its three files, numbers little-endian: <c>bzs</c> has 12 bytes a block, its place
/// in <c>bzz</c>, its compressed and its plain length; <c>bzv</c> has 10 bytes an entry, its block, its place in the plain block
/// and, in two bytes, its length; <c>bzz</c> holds the blocks, compressed by zlib.
/// </summary>
internal static class ZText
{
    private const int BlockRecord = 12, EntryRecord = 10;

    /// <summary>All entries in their order, headings of testaments, books and chapters included; empty ones are empty strings.</summary>
    /// <exception cref="InvalidDataException">The files do not belong together or are damaged.</exception>
    public static IReadOnlyList<string> Entries(ReadOnlySpan<byte> bzs, ReadOnlySpan<byte> bzv, ReadOnlySpan<byte> bzz)
    {
        if (bzs.Length % BlockRecord != 0 || bzv.Length % EntryRecord != 0)
            throw new InvalidDataException("an index of the module is cut short.");
        var blocks = new byte[bzs.Length / BlockRecord][];
        for (var i = 0; i < blocks.Length; i++)
            blocks[i] = Plain(Number(bzs, i * BlockRecord), Number(bzs, i * BlockRecord + 4), Number(bzs, i * BlockRecord + 8), bzz);
        var entries = new string[bzv.Length / EntryRecord];
        for (var i = 0; i < entries.Length; i++)
        {
            var (block, start) = (Number(bzv, i * EntryRecord), Number(bzv, i * EntryRecord + 4));
            int length = BinaryPrimitives.ReadUInt16LittleEndian(bzv[(i * EntryRecord + 8)..]);
            if (length > 0 && (block >= blocks.Length || start + length > blocks[block].Length))
                throw new InvalidDataException($"entry {i} of the module lies outside of its block.");
            entries[i] = length == 0 ? "" : Encoding.UTF8.GetString(blocks[block], (int)start, length);
        }

        return entries;
    }

    private static byte[] Plain(long start, long compressed, long length, ReadOnlySpan<byte> bzz)
    {
        if (start + compressed > bzz.Length)
            throw new InvalidDataException("a block of the module lies outside of its file.");
        using var stream = new ZLibStream(new MemoryStream(bzz.Slice((int)start, (int)compressed).ToArray()), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        stream.CopyTo(plain);
        return plain.Length == length ? plain.ToArray() : throw new InvalidDataException($"a block of the module has {plain.Length} bytes, its index says {length}.");
    }

    private static long Number(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
