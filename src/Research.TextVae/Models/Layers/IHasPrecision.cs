using Research.TextVae.Kernels;
using Research.TextVae.Support;
using static TorchSharp.torch;

namespace Research.TextVae.Models.Layers;

/// <summary>A module whose matrix products can be computed in another precision than its weights have.</summary>
public interface IHasPrecision
{
    /// <summary>What its products are computed in from now on; weights, gradients and losses are float32 in any case.</summary>
    Precision Precision { get; set; }
}

/// <summary>Sets the precision of a module and of all in it.</summary>
public static class ModulePrecision
{
    /// <summary>Computes a module's products in a precision until the result is disposed.</summary>
    /// <param name="module">The module; what it is made of that has no precision is left alone.</param>
    /// <param name="precision">What the products are computed in.</param>
    /// <exception cref="UserException">This processor cannot.</exception>
    public static IDisposable Use(this nn.Module module, Precision precision)
    {
        ArgumentNullException.ThrowIfNull(module);
        if (precision == Precision.BFloat16 && !KernelLibrary.HasBFloat16)
            throw new UserException(
                $"{precision}: {KernelLibrary.Missing ?? "this processor multiplies no bfloat16 (it lacks AVX512_BF16)."} Use Float32.");
        return new Scope([.. module.modules().Append(module).OfType<IHasPrecision>().Distinct()], precision);
    }

    private sealed class Scope : IDisposable
    {
        private readonly List<(IHasPrecision Part, Precision Before)> _parts;

        public Scope(IReadOnlyList<IHasPrecision> parts, Precision precision)
        {
            _parts = [.. parts.Select(part => (part, part.Precision))];
            foreach (var part in parts)
                part.Precision = precision;
        }

        public void Dispose()
        {
            foreach (var (part, before) in _parts)
                part.Precision = before;
        }
    }
}
