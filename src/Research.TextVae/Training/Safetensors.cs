using System.Security.Cryptography;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>
/// Reads and writes tensors in the safetensors format: the length of the header (8 bytes, little-endian), a JSON header
/// with type, shape and place of each tensor, then the raw data. Any tool that reads safetensors reads these files.
/// </summary>
public static class Safetensors
{
    private const long ChunkBytes = 1 << 24;

    /// <summary>Writes the file as a whole or not at all.</summary>
    /// <returns>SHA-256 of the file in hexadecimal.</returns>
    /// <exception cref="UserException">The file cannot be written; one that was there before is intact.</exception>
    public static string Write(
        string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AtomicFile.Write(path, stream =>
        {
            void Put(ReadOnlySpan<byte> bytes)
            {
                stream.Write(bytes);
                hash.AppendData(bytes);
            }

            var header = Layout(tensors, metadata);
            Put(header.ToBytes());
            foreach (var entry in header.Entries)
            {
                using var scope = NewDisposeScope();
                using var inference = no_grad();
                foreach (var chunk in Chunks(tensors[entry.Name].detach().cpu().contiguous(), entry.Type))
                    Put(chunk.bytes);
            }
        });
        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }

    /// <summary>Reads all tensors into main memory.</summary>
    /// <exception cref="UserException">The file is missing, cut short or damaged.</exception>
    public static Dictionary<string, Tensor> Read(string path)
    {
        using var stream = Open(path);
        return Read(path, stream);
    }

    /// <summary>Reads the free-form text entries of the header.</summary>
    /// <exception cref="UserException">The file is missing, cut short or damaged.</exception>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path)
    {
        using var stream = Open(path);
        return ReadHeader(path, stream).Metadata;
    }

    internal static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"cannot read {path}: {error.Message.TrimEnd('.')}; check the path", error);
        }
    }

    internal static Dictionary<string, Tensor> Read(string path, Stream stream)
    {
        var header = ReadHeader(path, stream);
        var start = stream.Position;
        var tensors = new Dictionary<string, Tensor>();
        foreach (var entry in header.Entries)
        {
            var tensor = empty(entry.Shape, dtype: entry.Type.Scalar);
            tensors.Add(entry.Name, tensor);
            stream.Position = start + entry.Begin;
            using var scope = NewDisposeScope();
            foreach (var chunk in Chunks(tensor, entry.Type))
                stream.ReadExactly(chunk.bytes);
        }
        return tensors;
    }

    private static SafetensorsHeader ReadHeader(string path, Stream stream)
    {
        try
        {
            return SafetensorsHeader.Read(stream);
        }
        catch (NotSupportedException error)
        {
            throw new UserException($"{path}: {error.Message}.", error);
        }
        catch (FormatException error)
        {
            throw new UserException(
                $"{path} is not a usable safetensors file: {error.Message}; restore it from a copy, or delete it and use another "
                    + "checkpoint", error);
        }
    }

    // Widest types first, so that every tensor is aligned to its element size; then by name.
    private static SafetensorsHeader Layout(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var position = 0L;
        var entries = new List<SafetensorsEntry>();
        foreach (var (name, tensor, type) in tensors
            .Select(item => (item.Key, item.Value, Type: SafetensorsType.From(item.Key, item.Value.dtype)))
            .OrderByDescending(item => item.Type.Bytes).ThenBy(item => item.Key, StringComparer.Ordinal))
        {
            var end = position + tensor.numel() * type.Bytes;
            entries.Add(new SafetensorsEntry(name, type, tensor.shape, position, end));
            position = end;
        }
        return new SafetensorsHeader(entries, metadata ?? new Dictionary<string, string>());
    }

    // A span holds less than 2 GiB, a tensor may be larger.
    private static IEnumerable<Tensor> Chunks(Tensor contiguous, SafetensorsType type)
    {
        var flat = contiguous.view(-1);
        var elements = ChunkBytes / type.Bytes;
        for (var first = 0L; first < flat.numel(); first += elements)
            yield return flat.narrow(0, first, Math.Min(elements, flat.numel() - first));
    }
}

/// <summary>A tensor in a safetensors file: type, shape, and the bytes [begin, end) of the data section it takes.</summary>
internal sealed record SafetensorsEntry(string Name, SafetensorsType Type, long[] Shape, long Begin, long End);

/// <summary>An element type of the safetensors format and its tensor type.</summary>
internal sealed record SafetensorsType(string Name, torch.ScalarType Scalar, int Bytes)
{
    private static readonly SafetensorsType[] All =
    [
        new("F64", torch.ScalarType.Float64, 8),
        new("I64", torch.ScalarType.Int64, 8),
        new("F32", torch.ScalarType.Float32, 4),
        new("I32", torch.ScalarType.Int32, 4),
        new("F16", torch.ScalarType.Float16, 2),
        new("BF16", torch.ScalarType.BFloat16, 2),
        new("I16", torch.ScalarType.Int16, 2),
        new("I8", torch.ScalarType.Int8, 1),
        new("U8", torch.ScalarType.Byte, 1),
        new("BOOL", torch.ScalarType.Bool, 1),
    ];

    /// <summary>The types that are read and written, for messages.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(type => type.Name));

    public static SafetensorsType? Find(string? name) => All.FirstOrDefault(type => type.Name == name);

    public static SafetensorsType From(string tensor, torch.ScalarType scalar) =>
        All.FirstOrDefault(type => type.Scalar == scalar)
        ?? throw new ArgumentException($"{tensor} has element type {scalar}, which safetensors cannot store.");
}
