using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Benchmarks.PlainTorch;

/// <summary>What a peer made of TorchSharp's own modules is given: the sizes, the weights and the batches that both sides read.</summary>
internal sealed class PlainWorkload(string folder, double randomness, ScalarType type)
{
    private const long Bos = 1;

    private readonly JsonElement _sizes = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "workload.json"))).RootElement;

    /// <summary>The dropout of a training; 1 for drawing tokens, 0 for taking the likeliest.</summary>
    public double Randomness => randomness;

    /// <summary>What is computed in: float32, or bfloat16 copies of float32 weights.</summary>
    public ScalarType Type => type;

    public int Size(string name) => _sizes.GetProperty(name).GetInt32();

    public double Number(string name) => _sizes.GetProperty(name).GetDouble();

    /// <summary>The first inputs of texts, <c>[size, 1]</c>.</summary>
    public static Tensor Begin(long size) => full([size, 1], Bos, ScalarType.Int64);

    /// <summary>What the decoder reads for the targets <c>[size, time]</c>: they, one place later.</summary>
    public static Tensor Inputs(Tensor targets) => cat([Begin(targets.shape[0]), targets.slice(1, 0, targets.shape[1] - 1, 1)], 1);

    /// <summary>The batches' tensors by name, <c>[batches, ...]</c>.</summary>
    public Dictionary<string, Tensor> Batches() => ReadSafetensors(Path.Combine(folder, "batches.safetensors"));

    /// <summary>Gives the model the weights that both sides start from, by their names.</summary>
    /// <param name="model">The model.</param>
    /// <param name="adapt">What is named or laid out otherwise here.</param>
    public void LoadInto(nn.Module model, Action<Dictionary<string, Tensor>>? adapt = null)
    {
        var weights = ReadSafetensors(Path.Combine(folder, "weights.safetensors"));
        adapt?.Invoke(weights);
        using (no_grad())
        {
            foreach (var (name, parameter) in model.named_parameters())
                parameter.copy_(weights[name]);
        }
    }

    private static Dictionary<string, Tensor> ReadSafetensors(string path)
    {
        var file = File.ReadAllBytes(path);
        var start = 8 + BitConverter.ToInt32(file, 0);
        using var header = JsonDocument.Parse(file.AsMemory(8, start - 8));
        var tensors = new Dictionary<string, Tensor>();
        foreach (var entry in header.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__"))
        {
            long[] Longs(string property) => [.. entry.Value.GetProperty(property).EnumerateArray().Select(n => n.GetInt64())];
            var (offsets, shape) = (Longs("data_offsets"), Longs("shape"));
            var type = entry.Value.GetProperty("dtype").GetString() == "I64" ? ScalarType.Int64 : ScalarType.Float32;
            var read = empty(shape, type);
            file.AsSpan(start + (int)offsets[0], (int)(offsets[1] - offsets[0])).CopyTo(read.bytes);
            tensors[entry.Name] = read;
        }

        return tensors;
    }
}
