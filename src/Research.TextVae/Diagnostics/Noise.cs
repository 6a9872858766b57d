using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Diagnostics;

/// <summary>Standard normal draws that depend on a seed alone: LibTorch's default generator is left as it was.</summary>
public static class Noise
{
    /// <returns>float32 [rows, columns] on the CPU.</returns>
    public static Tensor Normal(ulong seed, long rows, long columns)
    {
        using var generator = new Generator(unchecked((ulong)seed));
        return randn([rows, columns], generator: generator);
    }
}
