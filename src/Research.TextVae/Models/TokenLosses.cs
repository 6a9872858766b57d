using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>The decoder's negative log-likelihood of a batch, in nats.</summary>
/// <param name="Total">Sum over all predicted tokens of the batch; a scalar that carries the gradient.</param>
/// <param name="PerToken">−log p(xₜ | x₍&lt;t₎, z), 0 at padding; [batch, time], without gradient.</param>
public sealed record TokenLosses(Tensor Total, Tensor PerToken)
{
    /// <summary>−log p(x|z) of each sentence; [batch], without gradient.</summary>
    public Tensor PerSentence() => PerToken.sum(1);
}
