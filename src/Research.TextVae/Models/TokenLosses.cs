using Research.TextVae.Kernels;
using Research.TextVae.Text;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>The decoder's negative log-likelihood of a batch, in nats.</summary>
/// <param name="Total">Sum over all predicted tokens of the batch; a scalar that carries the gradient.</param>
/// <param name="PerToken">−log p(xₜ | x₍&lt;t₎, z), 0 at padding; [batch, time], without gradient.</param>
public sealed record TokenLosses(Tensor Total, Tensor PerToken)
{
    /// <summary>That of a batch's targets, by a linear projection of decoder states to the vocabulary.</summary>
    /// <param name="features">Decoder states [batch, time, features].</param>
    /// <param name="weight">[vocabulary, features].</param>
    /// <param name="bias">[vocabulary], or none.</param>
    /// <param name="batch">The targets and which of them count.</param>
    /// <param name="precision">What the products are computed in.</param>
    public static TokenLosses Compute(Tensor features, Tensor weight, Tensor? bias, TextBatch batch, Precision precision)
    {
        // The mean over sentences is what is trained. The mask is 0 or 1, so that the losses are weighted already.
        var (total, perToken) = LinearCrossEntropy.Compute(
            features.flatten(0, 1), weight, bias, batch.Targets.flatten(), batch.Mask.flatten()
                .to_type(features.dtype), 1.0 / batch.Size, precision);
        return new TokenLosses(total, perToken.view(batch.Size, batch.Time));
    }

    /// <summary>−log p(x|z) of each sentence; [batch], without gradient.</summary>
    public Tensor PerSentence() => PerToken.sum(1);
}
