using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>Checks of a kernel's arguments, before anything native reads them.</summary>
internal static class Shapes
{
    /// <exception cref="ArgumentException">The condition does not hold; the message names the argument, what it must be, and what it
    /// is.</exception>
    public static void Require(bool condition, string argument, string must, Tensor? given)
    {
        if (!condition)
            throw new ArgumentException($"{argument} {must}; it is {(given is null ? "missing" : Describe(given))}.", argument);
    }

    /// <exception cref="ArgumentException">The condition does not hold.</exception>
    public static void Demand(bool condition, string argument, string must)
    {
        if (!condition)
            throw new ArgumentException($"{argument} {must}.", argument);
    }

    /// <summary>"Float32 [2, 3]".</summary>
    public static string Describe(Tensor tensor) => $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]";
}
