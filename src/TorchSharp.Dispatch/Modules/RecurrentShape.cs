using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Sizes and options of a recurrent network.</summary>
internal sealed record RecurrentShape(long InputSize, long HiddenSize, int Layers, bool HasBias, bool BatchFirst, double Dropout, bool Bidirectional)
{
    public int Directions => Bidirectional ? 2 : 1;

    /// <summary>A zero state [layers · directions, batch, hidden] for the input.</summary>
    public Tensor ZeroState(Tensor input) =>
        zeros(Layers * Directions, input.shape[BatchFirst ? 0 : 1], HiddenSize, dtype: input.dtype, device: input.device);

    public void CheckInput(Tensor input, string module)
    {
        if (input.ndim == 3 && input.shape[2] == InputSize)
            return;
        var expected = BatchFirst ? $"[batch, time, {InputSize}]" : $"[time, batch, {InputSize}]";
        throw new ArgumentException($"{module} needs input {expected}, got [{string.Join(", ", input.shape)}].", nameof(input));
    }
}
