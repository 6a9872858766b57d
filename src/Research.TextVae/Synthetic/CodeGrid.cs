using Research.TextVae.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Synthetic;

/// <summary>
/// A square grid of two-dimensional codes for integrals over p(z) = N(0, I) by the trapezoidal rule, which converges exponentially for
/// such integrands: what is called the truth elsewhere.
/// </summary>
public sealed class CodeGrid
{
    private CodeGrid(Tensor codes, Tensor logWeights) => (Codes, LogWeights) = (codes, logWeights);

    /// <summary>[points, 2], float32.</summary>
    public Tensor Codes { get; }

    /// <summary>log of p(z) times a cell's area; float64 [points]; their exponentials sum to 1.</summary>
    public Tensor LogWeights { get; }

    /// <param name="points">Points along each axis.</param>
    /// <param name="reach">Half the width of the square, in standard deviations of the prior.</param>
    public static CodeGrid Create(int points = 61, double reach = 6)
    {
        using var scope = NewDisposeScope();
        var axis = linspace(-reach, reach, points, ScalarType.Float64);
        var codes = stack(meshgrid([axis, axis]).Select(side => side.flatten()), 1); // [points², 2]
        var cell = 2 * reach / (points - 1);
        var logWeights = DiagonalGaussian.PriorLogDensity(codes) + 2 * Math.Log(cell);
        return new CodeGrid(codes.to_type(ScalarType.Float32).MoveToOuterDisposeScope(), logWeights.MoveToOuterDisposeScope());
    }

    /// <summary>−log p(x) = −log ∫ p(z) p(x|z) dz of each sentence; float64 [batch].</summary>
    /// <param name="logLikelihood">log p(x|z), float64 [batch, points].</param>
    public Tensor Nll(Tensor logLikelihood)
    {
        ArgumentNullException.ThrowIfNull(logLikelihood);
        return -(logLikelihood + LogWeights).logsumexp(1);
    }

    /// <summary>KL(q(z|x) ‖ p(z|x)) of each sentence: what an ELBO is short of log p(x) by; float64 [batch].</summary>
    /// <param name="posterior">q(z|x), float64, [batch, 2]. Cells should be small beside its standard deviations.</param>
    /// <param name="logLikelihood">log p(x|z), float64 [batch, points].</param>
    // KL = Σ_g q(g) [ log q(g) − log p(g) − log p(x|g) + log p(x) ]
    public Tensor PosteriorKl(DiagonalGaussian posterior, Tensor logLikelihood)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        ArgumentNullException.ThrowIfNull(logLikelihood);
        using var scope = NewDisposeScope();
        var codes = Codes.to_type(ScalarType.Float64);
        var logDensity = posterior.LogDensity(codes.unsqueeze(1)).t(); // [batch, points]
        var mass = logDensity.softmax(1); // q times the cell's area, up to what lies outside the grid
        var logPosterior = DiagonalGaussian.PriorLogDensity(codes) + logLikelihood + Nll(logLikelihood).unsqueeze(1);
        return (mass * (logDensity - logPosterior)).sum(1).MoveToOuterDisposeScope();
    }

    /// <summary>Mean of the true posterior p(z|x); float64 [batch, 2].</summary>
    /// <param name="logLikelihood">log p(x|z), float64 [batch, points].</param>
    public Tensor PosteriorMean(Tensor logLikelihood)
    {
        ArgumentNullException.ThrowIfNull(logLikelihood);
        return (logLikelihood + LogWeights).softmax(1).matmul(Codes.to_type(ScalarType.Float64));
    }
}
