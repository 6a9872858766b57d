using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>The two terms of the negative ELBO of a batch, kept apart, in nats.</summary>
/// <param name="Reconstruction">−log p(x|z) for one z ~ q(z|x) a sentence.</param>
/// <param name="Posterior">q(z|x).</param>
/// <param name="Kl">KL(q(z|x) ‖ p(z)) of each dimension; [batch, latent], with gradient.</param>
/// <param name="Z">The draw that was decoded; [batch, latent].</param>
public sealed record ElboTerms(TokenLosses Reconstruction, DiagonalGaussian Posterior, Tensor Kl, Tensor Z)
{
    /// <summary>Sentences in the batch.</summary>
    public long Size => Kl.shape[0];
}
