using System.Buffers.Binary;
using System.IO.Compression;

namespace Research.TextVae.Text;

/// <summary>
/// Reads the data base file (<c>.rdb</c>) in which an R package keeps its data: blocks one after the other, each a 4-byte
/// big-endian length followed by a zlib stream that inflates to that many bytes, one object in R's serialization format.
/// </summary>
internal static class RLazyLoad
{
    private const int HeaderBytes = 4, MaxBlockBytes = 1 << 30;

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
            throw new InvalidDataException($"the file ends at byte {file.Length} within the header of a block that begins at byte {start}.");
        var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(offset));
        offset += HeaderBytes;
        if (length is <= 0 or > MaxBlockBytes)
            throw new InvalidDataException($"the block at byte {start} claims a length of {length} bytes.");
        if (file[offset] != 0x78)
            throw new InvalidDataException($"the block at byte {start} is not compressed with zlib (its first byte is 0x{file[offset]:X2}).");

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
        catch (InvalidDataException error) when (!error.Message.StartsWith("the block", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"the zlib stream of the block at byte {start} is damaged near byte {input.Offset}: {error.Message}", error);
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
        private const int MaxExpansion = 1032;

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
