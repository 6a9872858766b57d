using System.Text.Json;
using Research.TextVae.Support;

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
    /// <exception cref="NotSupportedException">It is one, with elements of a type that is not read here.</exception>
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
            using var document = StrictJson.Parse(json);
            var entries = new List<SafetensorsEntry>();
            var metadata = new Dictionary<string, string>();
            foreach (var property in Members(document.RootElement, "it"))
            {
                if (property.Name == MetadataKey)
                    metadata = Members(property.Value, MetadataKey).ToDictionary(item => item.Name, item => item.Value.ToString());
                else
                    entries.Add(ParseEntry(property));
            }
            CheckOffsets(entries, dataLength);
            return new SafetensorsHeader(entries, metadata);
        }
        catch (JsonException error)
        {
            throw new FormatException(
                $"its header is not the JSON of a safetensors file: {Excerpt.Of(error.Message, 120).TrimEnd('.')}", error);
        }
    }

    private static SafetensorsEntry ParseEntry(JsonProperty property)
    {
        var name = Excerpt.Of(property.Name);
        var fields = Members(property.Value, name).ToDictionary(field => field.Name, field => field.Value);
        var type = fields.TryGetValue("dtype", out var dtype) ? Excerpt.Of(dtype.ToString()) : "";
        if (SafetensorsType.Find(type) is not { } known)
            throw new NotSupportedException(
                $"the element type '{type}' of {name} is not supported; store it as one of {SafetensorsType.Names}");
        var (shape, offsets) = (WholeNumbers(fields, "shape", name), WholeNumbers(fields, "data_offsets", name));
        if (offsets is not [var begin, var end] || begin < 0 || end < begin || shape.Any(size => size < 0))
            throw new FormatException($"the shape or the offsets of {name} are impossible");
        if (!SizeMatches(shape, known.Bytes, end - begin))
            throw new FormatException(
                $"{name} has {end - begin} bytes, which is not {type} of shape [{Excerpt.Of(string.Join(", ", shape))}]");
        return new SafetensorsEntry(property.Name, known, shape, begin, end);
    }

    private static JsonElement.ObjectEnumerator Members(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object
        ? element.EnumerateObject()
        : throw new FormatException($"its header is not the JSON of a safetensors file: {name} is not an object");

    private static long[] WholeNumbers(Dictionary<string, JsonElement> fields, string field, string name)
    {
        if (!fields.TryGetValue(field, out var list) || list.ValueKind != JsonValueKind.Array)
            throw new FormatException($"its header is not the JSON of a safetensors file: {name} has no list \"{field}\"");
        return [.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var number)
            ? number
            : throw new FormatException($"\"{field}\" of {name} has {Excerpt.Of(item.GetRawText())}, which is not a whole number"))];
    }

    private static bool SizeMatches(long[] shape, int elementBytes, long bytes)
    {
        // Also where a size is 0 the others must make a number: strides are computed from them.
        var elements = 1L;
        foreach (var size in shape.Where(size => size > 0))
        {
            if (elements > (shape.Contains(0) ? long.MaxValue : bytes) / size)
                return false;
            elements *= size;
        }
        return shape.Contains(0) ? bytes == 0 : elements <= bytes / elementBytes && elements * elementBytes == bytes;
    }

    // The format has neither gaps nor overlaps: sorted by place, each tensor begins where the one before ends.
    private static void CheckOffsets(IEnumerable<SafetensorsEntry> entries, long dataLength)
    {
        var position = 0L;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin != position)
                throw new FormatException(entry.Begin < position
                    ? $"{Excerpt.Of(entry.Name)} overlaps another tensor"
                    : $"there is a gap before {Excerpt.Of(entry.Name)}");
            position = entry.End;
        }
        if (position > dataLength)
            throw new FormatException($"it is truncated: the tensors take {position} bytes, {dataLength} are there");
        if (position < dataLength)
            throw new FormatException($"it has {dataLength - position} bytes after the last tensor");
    }
}
