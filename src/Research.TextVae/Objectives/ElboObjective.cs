using Research.TextVae.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Objectives;

/// <summary>
/// The training loss: the negative ELBO with a scheduled weight on its KL term, averaged over sentences, and the remedies against
/// collapse that are terms of a loss. They compose: any of them with any model and schedule.
/// </summary>
public sealed record ElboObjective
{
    /// <summary>The KL weight β over training.</summary>
    public KlSchedule KlWeight { get; init; } = new ConstantKl(1);

    /// <summary>The share of the KL term that costs nothing; none when absent.</summary>
    public FreeBits? FreeBits { get; init; }

    /// <summary>A term between the aggregate posterior and the prior; none when absent.</summary>
    public MaximumMeanDiscrepancy? Mmd { get; init; }

    /// <summary>The loss in nats a sentence: a scalar with gradient.</summary>
    /// <param name="terms">The ELBO's terms of a batch.</param>
    /// <param name="epoch">Epochs trained so far, with the fraction of the current one.</param>
    // L = (1/B) Σ_i [ −log p(x_i|z_i) + β(e) KL( q(z|x_i) ‖ p(z) ) ] + w MMD²( q(z), p(z) )
    public Tensor Loss(ElboTerms terms, double epoch)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var loss = (terms.Reconstruction.Total + Kl(terms.Kl) * KlWeight.At(epoch)) / terms.Size;
        return Mmd is null || terms.Size < 2
            ? loss
            : loss + MaximumMeanDiscrepancy.Estimate(terms.Z, randn_like(terms.Z)) * Mmd.Weight;
    }

    /// <summary>The KL term as the loss takes it, summed over the batch.</summary>
    /// <param name="kl">[batch, latent].</param>
    public Tensor Kl(Tensor kl)
    {
        ArgumentNullException.ThrowIfNull(kl);
        return FreeBits?.Apply(kl) ?? kl.sum();
    }
}
