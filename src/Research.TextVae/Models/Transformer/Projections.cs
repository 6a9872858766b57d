using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>Linear layers of a Transformer with their initial weights.</summary>
internal static class Projections
{
    /// <summary>Weights of variance 1 / inputs, which keeps the variance of what passes through (LeCun et al. 1998); biases 0.</summary>
    public static LinearLayer Linear(long inputs, long outputs, double gain = 1)
    {
        var linear = new LinearLayer(inputs, outputs);
        nn.init.normal_(linear.Weight, 0, gain / Math.Sqrt(inputs));
        nn.init.zeros_(linear.Bias!);
        return linear;
    }

    /// <summary>
    /// The last layer of a branch that is added to the main path: smaller by √(2 · layers), so that the sum of all branches
    /// starts with the variance of one (Radford et al. 2019, section 2.3).
    /// </summary>
    public static LinearLayer Residual(long inputs, TransformerShape shape) => Linear(inputs, shape.Width, 1 / Math.Sqrt(2 * shape.Layers));
}
