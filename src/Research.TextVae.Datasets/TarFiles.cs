using System.Globalization;
using System.Text;

namespace Research.TextVae.Datasets;

/// <summary>
/// The entries of a tar archive as dpkg and npm write it: ustar, with GNU's or pax's long names. The runtime's reader takes as much memory
/// as a header claims; this one takes no more than is there.
/// </summary>
internal sealed class TarFiles(Stream tar)
{
    private const int Block = 512, MostName = 1 << 16, Chunk = 1 << 20;

    private readonly byte[] _header = new byte[Block];
    private long _left, _padding;

    /// <summary>The next entry, or null at the end of the archive.</summary>
    /// <exception cref="InvalidDataException">The archive is damaged.</exception>
    /// <exception cref="EndOfStreamException">It is cut short.</exception>
    public (string Name, long Length, bool IsFile)? Next()
    {
        string? longName = null;
        while (true)
        {
            Skip(_left + _padding);
            (_left, _padding) = (0, 0);
            if (tar.ReadAtLeast(_header, Block, throwOnEndOfStream: false) is var read && read < Block)
                return read == 0 ? null : throw new EndOfStreamException("it is cut short");
            if (_header.AsSpan().IndexOfAnyExcept((byte)0) < 0)
                return null;
            if (Number(148, 8) != Checksum())
                throw new InvalidDataException("the checksum of a header is wrong");
            _left = Number(124, 12);
            _padding = -_left & (Block - 1);
            switch ((char)_header[156])
            {
                case 'L':
                    longName = Text(Metadata());
                    break;
                case 'x':
                    longName = PaxPath(Metadata()) ?? longName;
                    break;
                case 'g' or 'K':
                    break;
                case var type:
                    return (longName ?? ShortName(), _left, type is '0' or '\0' or '7');
            }
        }
    }

    /// <summary>The bytes of the entry that was last given.</summary>
    /// <exception cref="EndOfStreamException">The archive is cut short.</exception>
    public byte[] Content()
    {
        using var content = new MemoryStream();
        var buffer = new byte[(int)Math.Min(_left, Chunk)];
        for (; _left > 0; _left -= buffer.Length)
        {
            if (_left < buffer.Length)
                buffer = buffer[..(int)_left];
            tar.ReadExactly(buffer);
            content.Write(buffer);
        }

        return content.ToArray();
    }

    private byte[] Metadata() =>
        _left <= MostName ? Content() : throw new InvalidDataException($"a name in it takes {_left} bytes");

    private string ShortName()
    {
        var (name, prefix) = (Text(_header.AsSpan(0, 100)), Text(_header.AsSpan(345, 155)));
        var isUstar = _header.AsSpan(257, 6).SequenceEqual("ustar\0"u8);
        return isUstar && prefix.Length > 0 ? $"{prefix}/{name}" : name;
    }

    // Records "length key=value\n", whose length counts all of it.
    private static string? PaxPath(ReadOnlySpan<byte> records)
    {
        string? path = null;
        while (records.Length > 0)
        {
            var space = records.IndexOf((byte)' ');
            if (space <= 0 || !int.TryParse(records[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length <= space + 1 || length > records.Length)
                throw new InvalidDataException("a pax header in it is damaged");
            var record = records[(space + 1)..length].TrimEnd((byte)'\n');
            if (record.StartsWith("path="u8))
                path = Text(record[5..]);
            records = records[length..];
        }

        return path;
    }

    private static string Text(ReadOnlySpan<byte> field) =>
        Encoding.UTF8.GetString(field.IndexOf((byte)0) is var end and >= 0 ? field[..end] : field);

    // Octal, or binary where the first bit is set, as GNU has it for large files.
    private long Number(int at, int length)
    {
        ReadOnlySpan<byte> field = _header.AsSpan(at, length);
        var value = 0L;
        if ((field[0] & 0x80) != 0)
        {
            foreach (var b in field[1..])
                value = value <= long.MaxValue >> 9 ? value << 8 | b : throw new InvalidDataException("a number in a header is too large");
            return value;
        }

        foreach (var digit in field.Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7' || value > long.MaxValue >> 4)
                throw new InvalidDataException("a number in a header is none");
            value = value << 3 | (uint)(digit - '0');
        }

        return value;
    }

    // The sum of the header's bytes, its own field taken as spaces.
    private long Checksum()
    {
        var sum = 0L;
        for (var i = 0; i < Block; i++)
            sum += i is >= 148 and < 156 ? ' ' : _header[i];
        return sum;
    }

    private void Skip(long count)
    {
        var buffer = new byte[(int)Math.Min(count, 1 << 16)];
        while (count > 0)
        {
            var read = tar.Read(buffer, 0, (int)Math.Min(count, buffer.Length));
            if (read == 0)
                throw new EndOfStreamException("it is cut short");
            count -= read;
        }
    }
}
