using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Research.TextVae.Support;

/// <summary>Reads text as strict UTF-8: what is not UTF-8 is named, not replaced.</summary>
public static class TextFile
{
    /// <summary>The text of a file, without a byte order mark, its line ends made <c>\n</c>.</summary>
    /// <exception cref="UserException">The file is missing, unreadable, binary or not UTF-8.</exception>
    public static string Read(string path) => Decode(ReadBytes(path), path);

    /// <summary>The lines of a file; a line break at the very end begins no further line.</summary>
    /// <exception cref="UserException">As <see cref="Read"/>.</exception>
    public static string[] ReadLines(string path) => Lines(Read(path));

    internal static string[] Lines(string text)
    {
        var lines = text.Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    internal static string Decode(ReadOnlySpan<byte> bytes, string path)
    {
        if (bytes.StartsWith((byte[])[0xEF, 0xBB, 0xBF]))
            return Decode(bytes, path, 3);
        if (bytes.StartsWith((byte[])[0xFF, 0xFE]) || bytes.StartsWith((byte[])[0xFE, 0xFF]))
            throw new UserException($"{path} is UTF-16, not UTF-8; convert it: iconv -f UTF-16 -t UTF-8 {path} > new.txt");
        return Decode(bytes, path, 0);
    }

    private static string Decode(ReadOnlySpan<byte> bytes, string path, int start)
    {
        var zero = bytes.IndexOf((byte)0);
        if (zero >= 0)
            throw new UserException(TextEncodingGuess.Utf16(bytes) is { } utf16
                ? $"{path} looks like {utf16} without a byte order mark (every other byte is 0), not UTF-8; convert it: iconv -f {utf16} "
                    + $"-t UTF-8 {path} > new.txt"
                : $"{path} is not a text file: byte {zero} is 0. Give a plain UTF-8 text.");
        var characters = new char[bytes.Length - start];
        var status = Utf8.ToUtf16(bytes[start..], characters, out var read, out var written, replaceInvalidSequences: false);
        if (status != OperationStatus.Done)
        {
            var offset = start + read;
            var line = 1 + bytes[..offset].Count((byte)'\n');
            var advice = TextEncodingGuess.Of(bytes[start..]) is { } encoding
                ? $"it looks like {encoding}: iconv -f {encoding} -t UTF-8 {path} > new.txt"
                : TextEncodingGuess.IsNearlyUtf8(bytes[start..])
                ? "all but a few bytes are UTF-8: correct it there"
                : $"convert it from its encoding: iconv -f ENCODING -t UTF-8 {path} > new.txt";
            throw new UserException($"{path} is not UTF-8: line {line}, byte offset {offset} (0x{bytes[offset]:X2}); {advice}");
        }

        var text = new string(characters, 0, written);
        return text.Contains('\r') ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n') : text;
    }

    internal static byte[] ReadBytes(string path)
    {
        if (Directory.Exists(path))
            throw new UserException($"{path} is a folder; give a text file.");
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserException($"there is no file {path}; check the path.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"cannot read {path}: {error.Message}", error);
        }
    }
}
