using Research.TextVae.Kernels;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>Nucleus sampling (Holtzman et al. 2020): keeps the fewest likeliest tokens that hold at least p of the mass.</summary>
public sealed record TopP : LogitsProcessor
{
    public TopP(double p) => P = p;

    public double P { get; init => field = Require.Above(0, Require.Within(0.0, 1.0, value)); }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return TokenSampling.KeepNucleus(logits, P);
    }
}
