using System.Text;
using System.Text.Json;

namespace Research.TextVae.Training;

/// <summary>The JSON header of a safetensors file, checked as a whole before a byte of data is used.</summary>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Bytes before the header: its length.</summary>
    public const int LengthBytes = 8;

    private const long LongestHeader = 100_000_000;
    private const string MetadataKey = "__metadata__";

    /// <summary>Reads the header at the start of a stream and leaves the stream at the data.</summary>
    /// <exception cref="FormatException">The file is not a valid safetensors file; the message says why.</exception>
    public static SafetensorsHeader Read(Stream stream)
    {
        if (stream.Length < LengthBytes)
            throw new FormatException($"it has {stream.Length} bytes, too few for a header");
        Span<byte> prefix = stackalloc byte[LengthBytes];
        stream.ReadExactly(prefix);
        var length = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length is < 2 or > LongestHeader)
            throw new FormatException("it does not begin with the length of a header");
        if (length > stream.Length - LengthBytes)
            throw new FormatException($"it is truncated: the header takes {length} bytes, {stream.Length - LengthBytes} are there");
        var json = new byte[length];
        stream.ReadExactly(json);
        return Parse(json, stream.Length - LengthBytes - length);
    }

    /// <summary>The length and the JSON, padded with spaces so that the data begin at a multiple of 8 bytes.</summary>
    public byte[] ToBytes()
    {
        using var buffer = new MemoryStream();
        buffer.Write(new byte[LengthBytes]);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (Metadata.Count > 0)
            {
                writer.WriteStartObject(MetadataKey);
                foreach (var (key, value) in Metadata)
                    writer.WriteString(key, value);
                writer.WriteEndObject();
            }
            foreach (var entry in Entries)
            {
                writer.WriteStartObject(entry.Name);
                writer.WriteString("dtype", entry.Type.Name);
                WriteArray(writer, "shape", entry.Shape);
                WriteArray(writer, "data_offsets", [entry.Begin, entry.End]);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        while (buffer.Length % LengthBytes != 0)
            buffer.WriteByte((byte)' ');
        var bytes = buffer.ToArray();
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(bytes, bytes.Length - LengthBytes);
        return bytes;
    }

    private static void WriteArray(Utf8JsonWriter writer, string name, IEnumerable<long> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
            writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }

    private static SafetensorsHeader Parse(byte[] json, long dataLength)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var entries = new List<SafetensorsEntry>();
            var metadata = new Dictionary<string, string>();
            var names = new HashSet<string>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (!names.Add(property.Name))
                    throw new FormatException($"it lists {property.Name} twice");
                if (property.Name == MetadataKey)
                    metadata = property.Value.EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetString() ?? "");
                else
                    entries.Add(ParseEntry(property));
            }
            CheckOffsets(entries, dataLength);
            return new SafetensorsHeader(entries, metadata);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException
            or DecoderFallbackException or ArgumentException)
        {
            throw new FormatException("its header is not the JSON of a safetensors file", error);
        }
    }

    private static SafetensorsEntry ParseEntry(JsonProperty property)
    {
        var type = property.Value.GetProperty("dtype").GetString();
        var shape = property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        var offsets = property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        if (SafetensorsType.Find(type) is not { } known)
            throw new FormatException($"{property.Name} has the unknown type {type}");
        if (offsets is not [var begin, var end] || begin < 0 || end < begin || shape.Any(size => size < 0))
            throw new FormatException($"the shape or the offsets of {property.Name} are impossible");
        if (!SizeMatches(shape, known.Bytes, end - begin))
            throw new FormatException(
                $"{property.Name} has {end - begin} bytes, which is not {type} of shape [{string.Join(", ", shape)}]");
        return new SafetensorsEntry(property.Name, known, shape, begin, end);
    }

    private static bool SizeMatches(long[] shape, int elementBytes, long bytes)
    {
        if (shape.Contains(0))
            return bytes == 0;
        var elements = 1L;
        foreach (var size in shape)
        {
            if (elements > bytes / size)
                return false;
            elements *= size;
        }
        return elements <= bytes / elementBytes && elements * elementBytes == bytes;
    }

    // The format has neither gaps nor overlaps: sorted by place, each tensor begins where the one before ends.
    private static void CheckOffsets(IEnumerable<SafetensorsEntry> entries, long dataLength)
    {
        var position = 0L;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin != position)
                throw new FormatException(entry.Begin < position
                    ? $"{entry.Name} overlaps another tensor"
                    : $"there is a gap before {entry.Name}");
            position = entry.End;
        }
        if (position > dataLength)
            throw new FormatException($"it is truncated: the tensors take {position} bytes, {dataLength} are there");
        if (position < dataLength)
            throw new FormatException($"it has {dataLength - position} bytes after the last tensor");
    }
}
