using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>Divides the logits: below 1 sharpens the distribution, above 1 flattens it.</summary>
public sealed record Temperature : LogitsProcessor
{
    public Temperature(double value) => Value = value;

    public double Value { get; init => field = Require.Above(0, value); }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written) => logits / Value;
}
