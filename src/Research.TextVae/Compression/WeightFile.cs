using System.Globalization;
using Research.TextVae.Support;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Compression;

/// <summary>
/// The weights of a model alone, in a safetensors file as small as they allow: a matrix with enough zeros is stored as one bit an
/// element (<c>name.bits</c>, 1 where it is not zero) and the values that are not zero, row by row; its shape is in the header.
/// </summary>
public static class WeightFile
{
    private const string Bits = ".bits";

    /// <summary>Writes the weights.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model.</param>
    /// <param name="bfloat16">Floats are rounded to bfloat16, half the bytes.</param>
    /// <returns>Bytes of the file.</returns>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public static long Write(string path, nn.Module model, bool bfloat16 = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var stored = new Dictionary<string, Tensor>();
        var shapes = new Dictionary<string, string>();
        foreach (var (name, weight) in TrainingState.Collect(model))
        {
            var value = bfloat16 && weight.is_floating_point() ? weight.to_type(ScalarType.BFloat16) : weight;
            var nonzero = value.ne(0);
            var zeros = value.numel() - nonzero.sum().item<long>();
            if (zeros * value.element_size() <= (value.numel() + 7) / 8)
            {
                stored.Add(name, value);
                continue;
            }

            stored.Add(name, value.masked_select(nonzero));
            stored.Add(name + Bits, ToBits(nonzero.flatten()));
            shapes.Add(name, string.Join(',', value.shape));
        }

        Safetensors.Write(path, stored, shapes);
        return new FileInfo(path).Length;
    }

    /// <summary>Reads the weights into a model built as the one they are of.</summary>
    /// <exception cref="UserException">The file is missing or damaged, or does not fit the model.</exception>
    public static void Read(string path, nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var stored = Safetensors.Read(path);
        foreach (var (name, text) in Safetensors.ReadMetadata(path))
        {
            long[] shape = [.. text.Split(',').Select(size => long.Parse(size, CultureInfo.InvariantCulture))];
            stored.Remove(name + Bits, out var bits);
            if (bits is null || !stored.TryGetValue(name, out var values) || bits.numel() != (shape.Aggregate(1L, (a, b) => a * b) + 7) / 8)
                throw new UserException($"{path}: {name} is said to be sparse, but its bits or values are missing; write the file again.");
            stored[name] = zeros(shape, dtype: values.dtype).masked_scatter(FromBits(bits, shape), values);
        }

        TrainingState.Restore(path, stored, model);
    }

    private static Tensor Powers => tensor(new byte[] { 1, 2, 4, 8, 16, 32, 64, 128 });

    private static Tensor ToBits(Tensor mask)
    {
        var padded = cat([mask, zeros((8 - mask.numel() % 8) % 8, dtype: ScalarType.Bool)]).view(-1, 8);
        return (padded.to_type(ScalarType.Byte) * Powers).sum(1).to_type(ScalarType.Byte);
    }

    private static Tensor FromBits(Tensor bits, long[] shape) =>
        bits.unsqueeze(1).bitwise_and(Powers).ne(0).flatten().narrow(0, 0, shape.Aggregate(1L, (a, b) => a * b)).view(shape);
}
