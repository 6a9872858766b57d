using Research.TextVae.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

public sealed class PosteriorHeadTests
{
    /// <summary>Over a batch the means have standard deviation γ in each dimension whatever the features are, so the KL term has the floor
    /// of BN-VAE.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1e-4)]
    public void Normalised_means_keep_their_spread(double spreadOfFeatures)
    {
        manual_seed(1);
        using var head = new PosteriorHead(features: 5, latent: 3, meanScale: 0.6);

        var posterior = head.call(StandardNormal.Sample(400, 5, 2) * spreadOfFeatures);

        var spread = posterior.Mean.var(0, unbiased: false).sqrt();
        Assert.True(spread.allclose(full_like(spread, 0.6), rtol: 0.01), spread.ToString());
        Assert.True(posterior.KlFromPrior().sum(1).mean().item<float>() >= 0.99 * 3 * 0.36 / 2);
    }
}
