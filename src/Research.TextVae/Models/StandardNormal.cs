using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>Standard normal draws that depend on a seed alone: LibTorch's default generator is left as it was.</summary>
public static class StandardNormal
{
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <returns>float32 [rows, columns] on the CPU.</returns>
    public static Tensor Sample(long rows, long columns, ulong seed)
    {
        using var generator = new Generator(unchecked((ulong)seed));
        return randn([rows, columns], generator: generator);
    }
}
