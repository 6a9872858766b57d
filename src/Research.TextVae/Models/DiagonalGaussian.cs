using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// A Gaussian with diagonal covariance for each sentence, N(μ, diag σ²): the approximate posterior q(z|x) of
/// Kingma and Welling 2014, equation 9.
/// </summary>
/// <param name="Mean">μ [batch, latent].</param>
/// <param name="LogVariance">log σ² [batch, latent].</param>
public sealed record DiagonalGaussian(Tensor Mean, Tensor LogVariance)
{
    private static readonly double Log2Pi = Math.Log(2 * Math.PI);

    /// <summary>The reparameterised draw; gradients flow through μ and σ.</summary>
    /// <param name="noise">ε ~ N(0, I), [..., batch, latent].</param>
    /// <returns>z [..., batch, latent].</returns>
    // z = μ + σ ⊙ ε
    public Tensor Sample(Tensor noise) => Mean + (LogVariance * 0.5).exp() * noise;

    /// <summary>KL(q(z|x) ‖ N(0, I)) of each dimension, in nats; [batch, latent].</summary>
    // KL_d = ½ (μ² + σ² − log σ² − 1)   (Kingma and Welling 2014, appendix B)
    public Tensor KlFromPrior() => (Mean.pow(2) + LogVariance.exp() - LogVariance - 1) * 0.5;

    /// <summary>KL(q(z|x) ‖ p) of each dimension for another diagonal Gaussian p, in nats; [batch, latent].</summary>
    // KL_d = ½ [ log σ_p² − log σ² + (σ² + (μ − μ_p)²) / σ_p² − 1 ]
    public Tensor KlFrom(DiagonalGaussian prior)
    {
        ArgumentNullException.ThrowIfNull(prior);
        return (prior.LogVariance - LogVariance + (LogVariance.exp() + (Mean - prior.Mean).pow(2)) / prior.LogVariance.exp() - 1) * 0.5;
    }

    /// <summary>log q(z|x) in nats.</summary>
    /// <param name="z">[..., batch, latent].</param>
    /// <returns>[..., batch].</returns>
    // log N(z; μ, σ²) = −½ Σ_d [ (z − μ)² / σ² + log σ² + log 2π ]
    public Tensor LogDensity(Tensor z) => LogDensities(z).sum(-1);

    /// <summary>log q(z_d|x) of each dimension; z [..., batch, latent] gives the same shape.</summary>
    internal Tensor LogDensities(Tensor z) => ((z - Mean).pow(2) / LogVariance.exp() + LogVariance + Log2Pi) * -0.5;

    /// <summary>log N(z; 0, I) in nats; z [..., latent] gives [...].</summary>
    public static Tensor PriorLogDensity(Tensor z)
    {
        ArgumentNullException.ThrowIfNull(z);
        return (z.pow(2) + Log2Pi).sum(-1) * -0.5;
    }

    /// <summary>log p(z) in nats under a prior, N(0, I) when absent; z [..., batch, latent] gives [..., batch].</summary>
    internal static Tensor PriorLogDensity(Tensor z, DiagonalGaussian? prior) => prior?.LogDensity(z) ?? PriorLogDensity(z);
}
