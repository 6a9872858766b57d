using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Research.TextVae.Datasets;

/// <summary>
/// Reads the data base file (<c>.rdb</c>) in which an R package keeps its data: blocks one after the other, each a 4-byte
/// big-endian length followed by a zlib stream that inflates to that many bytes, one object in R's serialization format.
/// </summary>
internal static class RLazyLoad
{
    private const int HeaderBytes = 4, MaxBlockBytes = 1 << 30, MaxExpansion = 1032;

    /// <summary>The character vectors of a data base, in the order of the file.</summary>
    /// <exception cref="InvalidDataException">The file is malformed; the message has the byte offset.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> ReadStrings(byte[] file)
    {
        var vectors = new List<IReadOnlyList<string>>();
        for (var offset = 0; offset < file.Length;)
        {
            var block = Inflate(file, ref offset, out var start);
            try
            {
                vectors.Add(RStringVector.Parse(block));
            }
            catch (InvalidDataException error)
            {
                throw new InvalidDataException($"block {vectors.Count + 1} at byte {start}: {error.Message}", error);
            }
        }

        return vectors;
    }

    private static byte[] Inflate(byte[] file, ref int offset, out int start)
    {
        start = offset;
        if (file.Length - offset < HeaderBytes + 2)
            throw new InvalidDataException(
                $"the file ends at byte {file.Length} within the header of a block that begins at byte {start}.");
        var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(offset));
        offset += HeaderBytes;
        if (length is <= 0 or > MaxBlockBytes || length > (long)MaxExpansion * (file.Length - offset))
            throw new InvalidDataException($"the block at byte {start} claims a length of {length} bytes.");
        if (file[offset] != 0x78)
            throw new InvalidDataException(
                $"the block at byte {start} is not compressed with zlib (its first byte is 0x{file[offset]:X2}).");

        var output = new byte[length];
        var input = new RationedStream(file, offset);
        var written = 0;
        try
        {
            using var zlib = new ZLibStream(input, CompressionMode.Decompress);
            while (written < length)
            {
                input.Ration(length - written);
                var read = zlib.Read(output, written, length - written);
                if (read == 0)
                    throw new InvalidDataException($"the block at byte {start} holds {written} bytes where its header claims {length}.");
                written += read;
            }

            input.Ration(0);
            if (zlib.ReadByte() >= 0)
                throw new InvalidDataException($"the block at byte {start} holds more than the {length} bytes its header claims.");
        }
        catch (Exception error) when (error is InvalidDataException or IOException
            && !error.Message.StartsWith("the block", StringComparison.Ordinal))
        {
            throw new InvalidDataException(
                $"the zlib stream of the block at byte {start} is damaged near byte {input.Offset}: {error.Message}", error);
        }

        if (input.Starved)
            throw new InvalidDataException($"the file ends at byte {file.Length} within the block that begins at byte {start}.");
        offset = input.Offset;
        return output;
    }

    /// <summary>
    /// Gives the inflater never more bytes than the block must still have, so that afterwards the offset is exactly the
    /// block's end: deflate's expansion is at most 1032-fold.
    /// </summary>
    private sealed class RationedStream(byte[] file, int offset) : Stream
    {
        private int _ration;

        public int Offset { get; private set; } = offset;

        /// <summary>Whether bytes were wanted beyond the end of the file.</summary>
        public bool Starved { get; private set; }

        public void Ration(int outputBytesLeft) => _ration = Math.Max(1, outputBytesLeft / MaxExpansion);

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(Math.Min(buffer.Length, _ration), file.Length - Offset);
            Starved |= count == 0;
            file.AsSpan(Offset, count).CopyTo(buffer);
            Offset += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>
/// A character vector in R's serialization format ("R Internals", 1.8): <c>X\n</c>, the format version, two version numbers
/// of R, from version 3 on the name of the native encoding, then the object in big-endian XDR. An object begins with 32
/// flag bits, its type in the lowest 8; a string has its encoding from bit 12 on, its length in bytes (−1 = NA) and its bytes.
/// </summary>
internal static class RStringVector
{
    private const int StringVector = 16, String = 9, TypeMask = 0xFF, HasAttributes = 1 << 9;
    private const int Latin1 = 1 << 14;

    private static readonly UTF8Encoding _utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The strings; NA is read as an empty one.</summary>
    /// <exception cref="InvalidDataException">With the byte offset of what is wrong.</exception>
    public static IReadOnlyList<string> Parse(ReadOnlySpan<byte> data)
    {
        if (!data.StartsWith("X\n"u8))
            throw new InvalidDataException("not R's binary serialization format: it does not begin with 'X' and a line feed at byte 0.");
        var offset = 2;
        var version = Int(data, ref offset);
        if (version is not (2 or 3))
            throw new InvalidDataException($"serialization format {version} at byte 2 is not 2 or 3.");
        offset += 8;
        if (version == 3)
            _ = Bytes(data, Int(data, ref offset), ref offset);

        var at = offset;
        var flags = Int(data, ref offset);
        if ((flags & TypeMask) != StringVector || (flags & HasAttributes) != 0)
            throw new InvalidDataException($"the object at byte {at} is not a plain character vector (flags 0x{flags:X}).");
        at = offset;
        var count = Int(data, ref offset);
        // Each string takes at least 8 bytes, so a longer vector cannot be.
        if (count < 0 || count > (data.Length - offset) / 8)
            throw new InvalidDataException($"a length of {count} strings at byte {at} does not fit the {data.Length} bytes there are.");
        var strings = new string[count];
        for (var i = 0; i < count; i++)
            strings[i] = ReadString(data, ref offset);
        return offset == data.Length
            ? strings
            : throw new InvalidDataException($"{data.Length - offset} bytes follow the vector that ends at byte {offset}.");
    }

    private static string ReadString(ReadOnlySpan<byte> data, ref int offset)
    {
        var at = offset;
        var flags = Int(data, ref offset);
        if ((flags & TypeMask) != String)
            throw new InvalidDataException($"no string where one is expected, at byte {at} (flags 0x{flags:X}).");
        var length = Int(data, ref offset);
        if (length == -1)
            return "";
        var bytes = Bytes(data, length, ref offset);
        try
        {
            return ((flags & Latin1) != 0 ? Encoding.Latin1 : _utf8).GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidDataException($"the string at byte {at} is not UTF-8.", error);
        }
    }

    private static int Int(ReadOnlySpan<byte> data, ref int offset) =>
        BinaryPrimitives.ReadInt32BigEndian(Bytes(data, sizeof(int), ref offset));

    private static ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> data, int count, ref int offset)
    {
        if (count < 0 || count > data.Length - offset)
            throw new InvalidDataException($"{count} bytes are claimed at byte {offset} of {data.Length}.");
        var bytes = data.Slice(offset, count);
        offset += count;
        return bytes;
    }
}
