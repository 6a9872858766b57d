using Research.TextVae.Kernels;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>Keeps the k likeliest tokens (Fan et al. 2018).</summary>
public sealed record TopK : LogitsProcessor
{
    public TopK(int k) => K = k;

    public int K { get; init => field = Require.AtLeast(1, value); }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return TokenSampling.KeepTopK(logits, K);
    }
}
