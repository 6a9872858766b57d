using System.Text.Json.Serialization;
using Research.TextVae.Models;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Objectives;

/// <summary>
/// A weight of its own on the total correlation of the aggregate posterior, KL(q(z) ‖ Πⱼ q(zⱼ)): the part of the KL term that dimensions
/// cost by depending on each other. This is β-TCVAE (Chen et al. 2018, equation 4, with α = γ = 1), which is to make dimensions
/// independent without taking information from the code.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TotalCorrelation
{
    /// <summary>The weight of the total correlation within the KL term; the objective is the ELBO's at 1.</summary>
    public double Weight { get; init => field = Require.AtLeast(0, value); } = 6;

    /// <summary>The three parts of the KL term, estimated on a batch.</summary>
    /// <param name="posterior">q(z|x) of the batch; [batch, latent], two examples at least.</param>
    /// <param name="z">A draw from each posterior; [batch, latent].</param>
    /// <param name="examples">Examples of the set that the batch is drawn from, at least as many as the batch has.</param>
    /// <exception cref="ArgumentException">The batch has fewer than two examples, or the set fewer than the batch.</exception>
    // q(z) ≈ (1/N) q(z|x) + (N − 1)/N · 1/(B − 1) Σ_others q(z|x′),   and likewise each q(z_j)
    // z is from q(z|x), so x is sure to be among the N examples, and the others of the batch stand for the other N − 1: minibatch
    // stratified sampling (Chen et al. 2018, appendix C.2), here with equal weights for the others, without bias for q(z), and exact
    // where B = N.
    public static KlParts Estimate(DiagonalGaussian posterior, Tensor z, long examples)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        ArgumentNullException.ThrowIfNull(z);
        var size = z.shape[0];
        if (size < 2 || examples < size)
            throw new ArgumentException($"A batch of {size} examples of {examples} has no total correlation.", nameof(examples));
        var others = Math.Log((examples - 1.0) / examples / (size - 1));
        var weights = eye(size, dtype: z.dtype, device: z.device) * (-Math.Log(examples) - others) + others; // log weights; [batch, batch]
        return KlParts.Of(posterior, z, posterior, weights);
    }
}

/// <summary>
/// The KL term E_x[KL(q(z|x) ‖ N(0, I))] of a batch as a sum of three (Hoffman and Johnson 2016; Chen et al. 2018, equation 2), each a
/// scalar with gradient, in nats per example. They add up to the mean of log q(z|x) − log p(z) at the draws.
/// </summary>
/// <param name="IndexCode">I(x; z) = KL(q(z, x) ‖ q(z) p(x)): what the code tells of the example.</param>
/// <param name="TotalCorrelation">KL(q(z) ‖ Πⱼ q(zⱼ)): how much the dimensions depend on each other.</param>
/// <param name="DimensionWise">Σⱼ KL(q(zⱼ) ‖ p(zⱼ)): how far each dimension is from the prior.</param>
public sealed record KlParts(Tensor IndexCode, Tensor TotalCorrelation, Tensor DimensionWise)
{
    // z [draws, latent] and the posteriors they are from; the posteriors that q(z) is made of, [examples, latent], with their log weights,
    // [draws, examples] or a scalar.
    internal static KlParts Of(DiagonalGaussian own, Tensor z, DiagonalGaussian all, Tensor weights)
    {
        var densities = all.LogDensities(z.unsqueeze(1)); // [draws, examples, latent]
        var joint = (densities.sum(2) + weights).logsumexp(1); // log q(z); [draws]
        var product = (densities + weights.unsqueeze(-1)).logsumexp(1).sum(1); // log Π_j q(z_j); [draws]
        return new KlParts(
            (own.LogDensity(z) - joint).mean(), (joint - product).mean(), (product - DiagonalGaussian.PriorLogDensity(z)).mean());
    }
}
