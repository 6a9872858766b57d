using Research.TextVae.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

public sealed class DiagonalGaussianTests
{
    /// <summary>KL by quadrature of q log(q/p) in one dimension.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1.3, 0.4)]
    [InlineData(-0.7, 2.1)]
    public void Kl_agrees_with_quadrature(double mean, double deviation)
    {
        static double LogNormal(double z, double mean, double deviation) =>
            -0.5 * Math.Pow((z - mean) / deviation, 2) - Math.Log(deviation) - 0.5 * Math.Log(2 * Math.PI);
        const double width = 1e-3;
        var truth = Enumerable.Range(0, 40_000).Select(step => -20 + step * width).Sum(z =>
        {
            var q = LogNormal(z, mean, deviation);
            return Math.Exp(q) * (q - LogNormal(z, 0, 1)) * width;
        });

        var posterior = Of(mean, deviation);
        Assert.Equal(truth, posterior.KlFromPrior().item<double>(), 6);
        var z = full([1, 1], 0.6, dtype: float64);
        Assert.Equal(LogNormal(0.6, mean, deviation), posterior.LogDensity(z).item<double>(), 10);
        Assert.Equal(LogNormal(0.6, 0, 1), DiagonalGaussian.PriorLogDensity(z).item<double>(), 10);
    }

    [Fact]
    public void Draws_are_mean_plus_deviation_times_noise() =>
        Assert.Equal(1.3 + 0.4 * 2, Of(1.3, 0.4).Sample(full([1, 1], 2.0, dtype: float64)).item<double>(), 12);

    private static DiagonalGaussian Of(double mean, double deviation) => new(
        full([1, 1], mean, dtype: float64), full([1, 1], 2 * Math.Log(deviation), dtype: float64));
}
