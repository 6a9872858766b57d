using Research.TextVae.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models.Layers;

/// <summary>An output layer in decoding by the native kernels: packed matrices, and one memory for the logits of all steps.</summary>
/// <param name="bottleneck">What stands before it, packed.</param>
/// <param name="weight">W, packed.</param>
/// <param name="bias">b [vocabulary].</param>
/// <param name="batch">Number of texts.</param>
internal sealed class OutputStep(PackedMatrix? bottleneck, PackedMatrix weight, Tensor bias, long batch)
{
    private Tensor _logits = empty(batch, weight.Outputs);
    private Tensor? _narrowed = bottleneck is null ? null : empty(batch, bottleneck.Outputs);

    /// <param name="states">[batch, features].</param>
    /// <returns>Logits [batch, vocabulary]; valid until the next call.</returns>
    public Tensor Run(Tensor states)
    {
        bottleneck?.Multiply(states, null, _narrowed!);
        weight.Multiply(_narrowed ?? states, bias, _logits);
        return _logits;
    }

    /// <summary>Goes on with another number of texts, in memory that is kept past the current dispose scope.</summary>
    public void Resize(long batch)
    {
        if (batch == _logits.shape[0])
            return;
        _logits = Resized(_logits);
        _narrowed = _narrowed is null ? null : Resized(_narrowed);

        Tensor Resized(Tensor memory)
        {
            var width = memory.shape[1];
            memory.Dispose();
            return empty(batch, width).MoveToOuterDisposeScope();
        }
    }
}
