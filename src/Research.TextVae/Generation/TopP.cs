using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>Nucleus sampling (Holtzman et al. 2020): keeps the fewest likeliest tokens that hold at least p of the mass.</summary>
public sealed record TopP : LogitsFilter
{
    public TopP(double p) => P = p;

    public double P { get; init => field = Require.Above(0, Require.Within(0.0, 1.0, value)); }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written)
    {
        ArgumentNullException.ThrowIfNull(logits);
        var (sorted, order) = logits.sort(-1, descending: true);
        // A sum over the vocabulary in float32 would move the edge of the nucleus by a token now and then.
        var probabilities = sorted.to_type(ScalarType.Float64).softmax(-1);
        // A token stays when the mass before it is still short of p; before the likeliest there is none.
        var before = probabilities.cumsum(-1) - probabilities;
        var filtered = sorted.masked_fill(before.ge(P), double.NegativeInfinity);
        return empty_like(logits).scatter_(-1, order, filtered);
    }
}
