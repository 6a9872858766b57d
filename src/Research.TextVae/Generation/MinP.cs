using Research.TextVae.Kernels;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>Keeps the tokens at least p times as likely as the likeliest (Nguyen et al. 2024).</summary>
public sealed record MinP : LogitsProcessor
{
    public MinP(double p) => P = p;

    public double P { get; init => field = Require.Above(0, Require.Within(0.0, 1.0, value)); }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return TokenSampling.KeepMinP(logits, P);
    }
}
