using System.Text.Json.Serialization;
using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
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
    public KlSchedule KlWeight { get; init; } = KlSchedule.Constant(1);

    /// <summary>The part of the KL term that costs nothing; none when absent.</summary>
    public FreeBits? FreeBits { get; init; }

    /// <summary>A term between the aggregate posterior and the prior; none when absent.</summary>
    public MaximumMeanDiscrepancy? Mmd { get; init; }

    /// <summary>A weight of its own on the total correlation of the code; it has that of the whole KL term when absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TotalCorrelation? TotalCorrelation { get; init; }

    /// <summary>The importance-weighted bound in place of the ELBO; the ELBO when absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImportanceWeighting? ImportanceWeighting { get; init; }

    /// <summary>The loss of a model on a batch and its terms, in nats per example.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">The examples.</param>
    /// <param name="progress">Epochs trained so far, with the fraction of the current one.</param>
    /// <param name="examples">Examples of the training set, which <see cref="TotalCorrelation"/> is of; those of the batch when
    /// absent.</param>
    /// <exception cref="UserException">Terms of the ELBO are to go with importance weighting.</exception>
    public VaeLoss Loss<TBatch>(Vae<TBatch> model, TBatch batch, double progress, long? examples = null)
        where TBatch : IBatch<TBatch>
    {
        ArgumentNullException.ThrowIfNull(model);
        if (ImportanceWeighting is null)
            return Loss(model.Elbo(batch), progress, examples);
        if (FreeBits is not null || Mmd is not null || TotalCorrelation is not null)
            throw new UserException(
                "importance weighting goes with a KL weight, not with free bits, MMD or a total correlation, which are terms of the ELBO.");
        return ImportanceWeighting.Loss(model, batch, KlWeight.At(progress));
    }

    /// <summary>The loss of a batch and its terms, in nats per example.</summary>
    /// <param name="terms">The ELBO's terms of a batch.</param>
    /// <param name="progress">Epochs trained so far, with the fraction of the current one.</param>
    /// <param name="examples">Examples of the training set; those of the batch when absent.</param>
    // L = (1/B) Σ_i [ −log p(x_i|z_i) + β(e) KL( q(z|x_i) ‖ p(z) ) ] + w MMD²( q(z), p(z) ) + β(e) (v − 1) KL( q(z) ‖ Π_j q(z_j) )
    public VaeLoss Loss(ElboTerms terms, double progress, long? examples = null)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var weight = KlWeight.At(progress);
        var loss = (terms.Reconstruction.Total + Kl(terms.Kl) * weight) / terms.Size;
        if (Mmd is not null && terms.Size >= 2)
            loss = loss + MaximumMeanDiscrepancy.Estimate(terms.Z, randn_like(terms.Z)) * Mmd.Weight;
        // The KL term holds the total correlation once already.
        if (TotalCorrelation is not null && terms.Size >= 2)
            loss = loss + TotalCorrelation.Estimate(terms.Posterior, terms.Z, examples ?? terms.Size).TotalCorrelation
                * (weight * (TotalCorrelation.Weight - 1));
        return new VaeLoss(loss, terms.Reconstruction.Total / terms.Size, terms.Kl.sum() / terms.Size, weight);
    }

    /// <summary>The KL term as the loss takes it, summed over the batch.</summary>
    /// <param name="kl">[batch, latent].</param>
    public Tensor Kl(Tensor kl)
    {
        ArgumentNullException.ThrowIfNull(kl);
        return FreeBits?.Apply(kl) ?? kl.sum();
    }
}

/// <summary>The loss of a VAE on a batch and its terms, in nats per example.</summary>
/// <param name="Total">What is minimised: a scalar with gradient.</param>
/// <param name="Reconstruction">−log p(x|z); a scalar.</param>
/// <param name="Kl">KL(q(z|x) ‖ p(z)), neither weighted nor with free bits; a scalar.</param>
/// <param name="KlWeight">The weight β of the KL term in the loss.</param>
public sealed record VaeLoss(Tensor Total, Tensor Reconstruction, Tensor Kl, double KlWeight);
