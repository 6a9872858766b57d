using System.Text.Json.Serialization;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Objectives;

/// <summary>A share of the KL term that costs nothing, so that there is no gain in giving up a code that carries less (Kingma et al.
/// 2016).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record FreeBits
{
    /// <summary>λ in nats: of each dimension, or of the whole code in the form <see cref="FreeBitsForm.PerSentence"/>.</summary>
    public double Nats { get; init => field = Require.AtLeast(0, value); } = 0.25;

    /// <summary>What the bound applies to: each dimension, or the whole code of a sentence.</summary>
    public FreeBitsForm Form { get; init; }

    /// <summary>The KL term with its free share held, summed over the batch.</summary>
    /// <param name="kl">KL of each dimension in nats; [batch, latent].</param>
    /// <returns>A scalar; at least λ a sentence and dimension (or sentence), where its gradient is zero.</returns>
    public Tensor Apply(Tensor kl)
    {
        ArgumentNullException.ThrowIfNull(kl);
        return Form switch
        {
            FreeBitsForm.PerDimension => kl.mean([0]).clamp_min(Nats).sum() * kl.shape[0],
            FreeBitsForm.PerSentence => kl.sum(1).clamp_min(Nats).sum(),
            _ => kl.clamp_min(Nats).sum(),
        };
    }
}

/// <summary>Over what the KL term is taken before it is held up to its free share.</summary>
public enum FreeBitsForm
{
    /// <summary>Each dimension, its mean over the batch: Σ_d max(λ, mean_i KL_id) (Kingma et al. 2016, equation 15).</summary>
    PerDimension,

    /// <summary>Each sentence, the sum over dimensions: max(λ, Σ_d KL_id).</summary>
    PerSentence,

    /// <summary>Each dimension of each sentence: Σ_d max(λ, KL_id).</summary>
    PerDimensionAndSentence,
}

/// <summary>
/// A term that draws the aggregate of the codes to the prior instead of each sentence's code: MMD²(q(z), p(z)), as in InfoVAE (Zhao
/// et al. 2019) and the Wasserstein autoencoder (Tolstikhin et al. 2018, algorithm 2). It does not limit the information in the code.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record MaximumMeanDiscrepancy
{
    /// <summary>Its weight in the loss, a sentence.</summary>
    public double Weight { get; init => field = Require.AtLeast(0, value); } = 10;

    /// <summary>The unbiased estimate of MMD² between two samples of one size, by an inverse multiquadratic kernel.</summary>
    /// <param name="z">[batch, latent], two rows at least.</param>
    /// <param name="prior">Draws from the prior; [batch, latent].</param>
    // MMD² = 1/(n(n−1)) Σ_{i≠j} [k(z_i, z_j) + k(p_i, p_j)] − 2/n² Σ_{i,j} k(z_i, p_j),   k(x, y) = C / (C + ‖x − y‖²),  C = 2 latent
    public static Tensor Estimate(Tensor z, Tensor prior)
    {
        ArgumentNullException.ThrowIfNull(z);
        ArgumentNullException.ThrowIfNull(prior);
        var (n, scale) = (z.shape[0], 2.0 * z.shape[1]);
        Tensor Kernel(Tensor x, Tensor y) => scale / ((x.unsqueeze(1) - y.unsqueeze(0)).pow(2).sum(2) + scale); // [n, n]
        // k(x, x) = 1 stands on the diagonal.
        var within = Kernel(z, z).sum() + Kernel(prior, prior).sum() - 2.0 * n;
        return within / (n * (n - 1.0)) - Kernel(z, prior).mean() * 2;
    }
}
