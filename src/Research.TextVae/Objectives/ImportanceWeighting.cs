using System.Text.Json.Serialization;
using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Objectives;

/// <summary>
/// The importance-weighted bound as a training objective (IWAE, Burda et al. 2016, equation 8): with more samples of z per example it is
/// nearer to −log p(x) than the negative ELBO, and the encoder is punished less for codes that explain the example badly.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ImportanceWeighting
{
    /// <summary>Samples of z per example, K; the bound of one sample is the negative ELBO.</summary>
    public int Samples { get; init => field = Require.AtLeast(1, value); } = 5;

    /// <summary>
    /// The encoder's gradient in its doubly reparameterised form (DReG, Tucker et al. 2018, equation 8): the same in expectation, and with
    /// a noise that does not outgrow it as K grows.
    /// </summary>
    public bool DoublyReparameterized { get; init; } = true;

    /// <summary>The loss of a batch and its terms, in nats per example.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">The examples.</param>
    /// <param name="klWeight">β of log p(z) − log q(z|x) in the weights; 1 for the bound itself.</param>
    /// <param name="noise">ε [samples, batch, latent]; drawn from LibTorch's default generator when absent.</param>
    // L = −(1/B) Σ_i log (1/K) Σ_k w_ik,   log w_ik = log p(x_i|z_ik) + β [ log p(z_ik) − log q(z_ik|x_i) ]
    // ∇L = −(1/B) Σ_i Σ_k w̄_ik ∇ log w_ik with w̄ = w / Σ_k w. The weights are taken in a pass of their own, with the dropout of the
    // second, whose losses they then weight.
    public VaeLoss Loss<TBatch>(Vae<TBatch> model, TBatch batch, double klWeight = 1, Tensor? noise = null)
        where TBatch : IBatch<TBatch>
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        var posterior = model.Encode(batch);
        var prior = model.Prior(batch);
        var z = posterior.Sample(noise ?? randn([Samples, batch.Size, model.LatentSize], posterior.Mean.dtype, model.Device));
        var tiled = batch.Tile(Samples);
        var (weights, bound, distortion) = Weights(model, tiled, z, posterior, prior, klWeight);

        var density = posterior;
        var codes = z;
        if (DoublyReparameterized)
        {
            // The encoder's weights act through z alone, on which the gradient is weighted by (1 − β) w̄ + β w̄², so w̄² at β = 1. The
            // decoder's gradient is weighted by w̄ in either form; what reaches z of it is brought from w̄ to that.
            density = new DiagonalGaussian(posterior.Mean.detach(), posterior.LogVariance.detach());
            codes = ScaleGradient(z, weights * klWeight + (1 - klWeight));
        }

        var nll = model.NegativeLogLikelihood(tiled.Weighted(weights.flatten()), codes.flatten(0, 1)).Total;
        var ratio = density.LogDensity(codes) - DiagonalGaussian.PriorLogDensity(codes, prior); // [samples, batch]
        var surrogate = (nll + (ratio * weights).sum() * klWeight) / batch.Size;
        // The surrogate has the bound's gradient, not its value.
        var loss = surrogate + (bound - surrogate).detach();
        return new VaeLoss(loss, distortion, model.Kl(batch, posterior).sum().detach() / batch.Size, klWeight);
    }

    // w̄ [samples, batch], the bound and the mean of −log p(x|z), without gradient.
    private (Tensor Weights, Tensor Bound, Tensor Distortion) Weights<TBatch>(
        Vae<TBatch> model, TBatch tiled, Tensor z, DiagonalGaussian posterior, DiagonalGaussian? prior, double klWeight)
        where TBatch : IBatch<TBatch>
    {
        using var _ = no_grad();
        var random = get_rng_state();
        var nll = model.NegativeLogLikelihood(tiled, z.flatten(0, 1)).PerSentence().view(Samples, -1); // [samples, batch]
        set_rng_state(random);
        var logWeights = (DiagonalGaussian.PriorLogDensity(z, prior) - posterior.LogDensity(z)) * klWeight - nll;
        var bound = Math.Log(Samples) - logWeights.logsumexp(0).mean();
        return (logWeights.softmax(0), bound, nll.mean());
    }

    // z, whose gradient is multiplied by a factor per code; the difference is exactly 0.
    private static Tensor ScaleGradient(Tensor z, Tensor factor) => z.detach() + factor.unsqueeze(2) * (z - z.detach());
}
