using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Evaluation;

public sealed class MutualInformationTests
{
    [Fact]
    public void Is_zero_when_the_posterior_is_the_prior()
    {
        var posterior = new DiagonalGaussian(zeros(200, 3, dtype: float64), zeros(200, 3, dtype: float64));

        Assert.Equal(0, MutualInformation.FullSet(posterior, Draw(posterior, 1)), 10);
    }

    /// <summary>Codes that never overlap tell the sentence apart: I = ln N over the set, at most ln B within batches.</summary>
    [Fact]
    public void Is_ln_N_over_the_set_and_ln_B_within_batches_when_codes_never_overlap()
    {
        var means = arange(0, 320, dtype: float64).unsqueeze(1) * 50;
        var posterior = new DiagonalGaussian(means, zeros(320, 1, dtype: float64));
        var z = Draw(posterior, 2);

        // The KL to the prior is huge here, and so is what is subtracted: compare relative to it.
        var scale = posterior.KlFromPrior().mean().item<double>();
        Assert.InRange(MutualInformation.FullSet(posterior, z), Math.Log(320) - 0.005 * scale, Math.Log(320) + 0.005 * scale);
        Assert.InRange(MutualInformation.WithinBatches(posterior, z, 32), Math.Log(32) - 0.005 * scale, Math.Log(32) + 0.005 * scale);
    }

    /// <summary>Posteriors N(mᵢ, s²) in one dimension: I = h(q(z)) − ½ ln 2πe s², with the entropy by quadrature.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Agrees_with_quadrature_in_one_dimension(double deviation)
    {
        const int sentences = 4000;
        double[] centres = [-1.5, -0.2, 0.4, 1.8];
        var means = torch.tensor([.. Enumerable.Range(0, sentences).Select(i => centres[i % 4])], dtype: float64).unsqueeze(1);
        var posterior = new DiagonalGaussian(means, full_like(means, 2 * Math.Log(deviation)));

        double Density(double z) => centres.Average(m =>
            Math.Exp(-0.5 * Math.Pow((z - m) / deviation, 2)) / (deviation * Math.Sqrt(2 * Math.PI)));
        var entropy = Enumerable.Range(0, 20_000).Sum(step =>
        {
            var density = Density(-10 + step * 0.001);
            return density > 0 ? -density * Math.Log(density) * 0.001 : 0;
        });
        var truth = entropy - 0.5 * Math.Log(2 * Math.PI * Math.E * deviation * deviation);

        Assert.Equal(truth, MutualInformation.FullSet(posterior, Draw(posterior, 3)), tolerance: 0.05);
    }

    private static Tensor Draw(DiagonalGaussian posterior, ulong seed) =>
        posterior.Sample(StandardNormal.Sample(posterior.Mean.shape[0], posterior.Mean.shape[1], seed).to_type(ScalarType.Float64));
}
