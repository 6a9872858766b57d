using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Synthetic;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Evaluation;

public sealed class KlDecompositionTests
{
    /// <summary>Posteriors N(μ, S) with μ ~ N(0, C − S) have the aggregate N(0, C), of which all three parts are known: with a correlation
    /// ρ, a variance v and S = s I they are ½ log(v² (1 − ρ²) / s²), −½ log(1 − ρ²) and v − log v − 1.</summary>
    [Theory]
    [InlineData(0.6, 1.5, 0.4)]
    [InlineData(0, 1, 0.3)]
    [InlineData(-0.8, 0.5, 0.05)]
    public void Parts_are_those_of_a_Gaussian_aggregate(double correlation, double variance, double own)
    {
        const int count = 4000;
        using var scope = NewDisposeScope();
        Tensor Normal(ulong seed) => StandardNormal.Sample(count, 2, seed).to_type(ScalarType.Float64);
        var spread = tensor(new[] { variance - own, correlation * variance, correlation * variance, variance - own }).view(2, 2);
        var means = Normal(1).matmul(linalg.cholesky(spread).t());
        var posterior = new DiagonalGaussian(means, full_like(means, Math.Log(own)));
        var z = posterior.Sample(Normal(2));

        var parts = KlDecomposition.FullSet(posterior, z);

        Assert.Equal(0.5 * Math.Log(variance * variance * (1 - correlation * correlation) / (own * own)), parts.IndexCode, 0.06);
        Assert.Equal(-0.5 * Math.Log(1 - correlation * correlation), parts.TotalCorrelation, 0.04);
        Assert.Equal(variance - Math.Log(variance) - 1, parts.DimensionWise, 0.04);
        Assert.Equal(
            (posterior.LogDensity(z) - DiagonalGaussian.PriorLogDensity(z)).mean().item<double>(),
            parts.IndexCode + parts.TotalCorrelation + parts.DimensionWise, 1e-10);
    }

    /// <summary>Of a model: in the mean over draws the parts add up to the KL term, and the first is the mutual information.</summary>
    [Fact]
    public void Parts_of_a_model_are_those_of_its_KL_term()
    {
        using var scope = NewDisposeScope();
        using var source = LinearGaussian.Create(latentSize: 3, inputs: 5, deviation: 0.5, seed: 1);
        var examples = source.Sample(500, seed: 2).Examples;

        KlDecomposition Parts(int seed) => KlDecomposition.Evaluate(source.Model, examples, (ulong)seed);
        KlDecomposition[] parts = [.. Enumerable.Range(100, 20).Select(Parts)];
        var metrics = VaeMetrics.Evaluate(source.Model, examples, seed: 1);

        Assert.Equal(metrics.Kl, parts.Average(part => part.IndexCode + part.TotalCorrelation + part.DimensionWise), 0.03);
        Assert.Equal(metrics.MutualInformation, parts.Average(part => part.IndexCode), 0.03);
    }
}
