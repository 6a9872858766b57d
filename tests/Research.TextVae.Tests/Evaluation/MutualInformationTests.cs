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

        Assert.Equal(Math.Log(320), MutualInformation.FullSet(posterior, z), 1e-6);
        Assert.Equal(Math.Log(32), MutualInformation.WithinBatches(posterior, z, 32), 1e-6);
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

        var estimate = MutualInformation.Estimate(posterior, Draw(posterior, 3));
        Assert.InRange(estimate.StandardError, 0, 0.01);
        Assert.Equal(truth, estimate.Value, 4 * estimate.StandardError);
    }

    /// <summary>Posteriors far apart in many dimensions, or all the same: the analytic KL less a KL by one draw has a noise there that is
    /// larger than the truth, and did exceed ln N.</summary>
    [Theory]
    [InlineData(50, 32, 10, -4, 3.912)]
    [InlineData(50, 32, 10, 0, 3.912)]
    [InlineData(20, 32, 10, -2, 2.996)]
    [InlineData(300, 32, 10, -4, 5.704)]
    [InlineData(20, 64, 30, 1, 2.996)]
    [InlineData(20, 32, 0, 0.5, 0)]
    public void Is_right_in_many_dimensions(int sentences, int latentSize, double spread, double logVariance, double truth)
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var means = StandardNormal.Sample(sentences, latentSize, seed).to_type(ScalarType.Float64) * spread;
            var posterior = new DiagonalGaussian(means, full_like(means, logVariance));

            var estimate = MutualInformation.Estimate(posterior, Draw(posterior, seed + 100));

            Assert.Equal(truth, estimate.Value, 0.001);
            Assert.InRange(estimate.Value, 0, Math.Log(sentences));
            Assert.InRange(estimate.StandardError, 0, 1e-6);
        }
    }

    /// <summary>From nearly collapsed to nearly apart the estimates of many draws vary as much as each says of itself, and about the value
    /// of very many draws. Where the code tells little, the error is less than without the control variate.</summary>
    [Theory]
    [InlineData(0.05, 0.3)]
    [InlineData(0.5, 0.8)]
    [InlineData(3, 1.01)]
    public void The_error_is_how_much_estimates_vary(double spread, double shareOfPlainError)
    {
        const int sentences = 100, draws = 4;
        var means = StandardNormal.Sample(sentences, 8, 1).to_type(ScalarType.Float64) * spread;
        var posterior = new DiagonalGaussian(means, full_like(means, 2 * Math.Log(0.9)));
        Tensor Draws(int count, ulong seed) => posterior.Sample(
            StandardNormal.Sample(count * sentences, 8, seed).to_type(ScalarType.Float64).view(count, sentences, 8));

        InformationEstimate[] estimates =
            [.. Enumerable.Range(0, 200).Select(seed => MutualInformation.Estimate(posterior, Draws(draws, (ulong)seed + 10)))];

        var values = estimates.Select(estimate => estimate.Value).ToArray();
        var (varies, error) = (Statistics.StandardDeviation(values), estimates.Average(estimate => estimate.StandardError));
        var many = MutualInformation.Estimate(posterior, Draws(2000, 1000));
        Assert.InRange(error / varies, 0.8, 1.2);
        Assert.InRange(values.Average() - many.Value, -4 * varies / Math.Sqrt(200), 4 * varies / Math.Sqrt(200));
        // The terms log q(z|x) − log q(z) alone.
        var z = Draws(draws, 10);
        var density = posterior.LogDensity(z.unsqueeze(2)).logsumexp(2) - Math.Log(sentences);
        var plain = (posterior.LogDensity(z) - density).var(0).mean().sqrt().item<double>() / Math.Sqrt(draws * sentences);
        Assert.InRange(error, 0, plain * shareOfPlainError);
    }

    private static Tensor Draw(DiagonalGaussian posterior, ulong seed) =>
        posterior.Sample(StandardNormal.Sample(posterior.Mean.shape[0], posterior.Mean.shape[1], seed).to_type(ScalarType.Float64));
}
