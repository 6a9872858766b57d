using Research.TextVae.Models.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Research.TextVae.Models;

/// <summary>
/// From an encoder's features to q(z|x): a linear layer for μ and log σ². With a scale γ, the means pass through batch normalisation
/// whose scale is fixed at γ (BN-VAE, Zhu et al. 2020, equation 8), which keeps their variance over sentences, and so the KL term,
/// from vanishing: E[KL] ≥ latent · γ² / 2.
/// </summary>
public sealed class PosteriorHead : Module<Tensor, DiagonalGaussian>
{
    // PyTorch's 1e-5 beside the variance would let the KL term vanish all the same: with means of a spread of 1e-4 before the
    // normalisation, which training finds, they would have one of 0.03 γ after it.
    private const double Epsilon = 1e-12;

    private readonly LinearLayer linear;
    private readonly BatchNorm1d? mean_norm;
    private readonly Parameter? mean_shift;
    private readonly double _scale;

    /// <param name="features">Width of the encoder's features.</param>
    /// <param name="latent">Size of z.</param>
    /// <param name="meanScale">γ; no normalisation when absent.</param>
    public PosteriorHead(int features, int latent, double? meanScale)
        : base(nameof(PosteriorHead))
    {
        linear = new LinearLayer(features, 2 * latent);
        if (meanScale is { } gamma)
        {
            _scale = gamma;
            mean_norm = BatchNorm1d(latent, eps: Epsilon, affine: false);
            mean_shift = Parameter(zeros(latent));
        }

        RegisterComponents();
        this.KeepTensors();
    }

    /// <param name="input">[batch, features].</param>
    public override DiagonalGaussian forward(Tensor input)
    {
        var halves = linear.call(input).chunk(2, dim: 1); // 2 × [batch, latent]
        // μ' = γ (μ − mean(μ)) / std(μ) + shift, over the batch
        var mean = mean_norm is null ? halves[0] : mean_norm.call(halves[0]) * _scale + mean_shift!;
        return new DiagonalGaussian(mean, halves[1]);
    }
}
