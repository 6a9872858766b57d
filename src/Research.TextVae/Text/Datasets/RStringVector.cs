using System.Buffers.Binary;
using System.Text;

namespace Research.TextVae.Text;

/// <summary>
/// A character vector in R's serialization format ("R Internals", 1.8): <c>X\n</c>, the format version, two version numbers
/// of R, from version 3 on the name of the native encoding, then the object in big-endian XDR. An object begins with 32
/// flag bits, its type in the lowest 8; a string has its encoding from bit 12 on, its length in bytes (−1 = NA) and its bytes.
/// </summary>
internal static class RStringVector
{
    private const int StringVector = 16, String = 9, TypeMask = 0xFF, HasAttributes = 1 << 9;
    private const int Latin1 = 1 << 14;

    private static readonly UTF8Encoding s_utf8 = new(false, throwOnInvalidBytes: true);

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
            return ((flags & Latin1) != 0 ? Encoding.Latin1 : s_utf8).GetString(bytes);
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
