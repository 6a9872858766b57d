using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>
/// Locally typical sampling (Meister et al. 2023): keeps the fewest tokens that hold at least a share τ of the mass, those first
/// whose information is closest to what is expected. The likeliest token need not be among them.
/// </summary>
public sealed record Typical : LogitsProcessor
{
    public Typical(double mass) => Mass = mass;

    /// <summary>τ.</summary>
    public double Mass { get; init => field = Require.Above(0, Require.Within(0.0, 1.0, value)); }

    /// <inheritdoc/>
    // The v with the least | H(p) + ln p(v) |,   H(p) = −Σ_v p(v) ln p(v)   (equation 9)
    public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written)
    {
        ArgumentNullException.ThrowIfNull(logits);
        var logP = logits.to_type(ScalarType.Float64).log_softmax(-1);
        var p = logP.exp();
        // A token ruled out has probability 0 and adds nothing.
        var entropy = -(p * logP).masked_fill(p.eq(0), 0).sum(-1, keepdim: true);
        var (_, order) = (entropy + logP).abs().sort(-1);
        var ordered = p.gather(-1, order);
        var before = ordered.cumsum(-1) - ordered;
        var filtered = logits.gather(-1, order).masked_fill(before.ge(Mass), double.NegativeInfinity);
        return empty_like(logits).scatter_(-1, order, filtered);
    }
}
