using Research.TextVae.Kernels;
using static TorchSharp.torch;

namespace Research.TextVae.Models.Layers;

/// <summary>Dropout in training (Srivastava et al. 2014), by <see cref="DropoutKernel"/>.</summary>
/// <param name="p">Fraction of the elements that become 0.</param>
public sealed class DropoutLayer(double p) : nn.Module<Tensor, Tensor>(nameof(DropoutLayer))
{
    /// <param name="input">Of any shape.</param>
    public override Tensor forward(Tensor input) => training ? DropoutKernel.Compute(input, p) : input;
}
