using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>
/// Whether generated vectors lie where real ones do, and whether they are as varied (Kynkäänniemi et al. 2019). The region of a set is the
/// union of balls around its vectors, each as wide as the distance to the k-th nearest other one.
/// </summary>
/// <param name="Precision">Share of the generated within the region of the real: low for pictures of nothing.</param>
/// <param name="Recall">Share of the real within the region of the generated: low where they are all alike.</param>
public sealed record PrecisionRecall(double Precision, double Recall)
{
    /// <summary>The harmonic mean of both; 0 when either is.</summary>
    public double F => Precision + Recall == 0 ? 0 : 2 * Precision * Recall / (Precision + Recall);

    /// <param name="real">[count, width].</param>
    /// <param name="generated">As many, or the balls of one set would be smaller for being more.</param>
    /// <param name="neighbours">k.</param>
    /// <exception cref="UserException">The sets differ in size, or are not larger than k.</exception>
    public static PrecisionRecall Estimate(Tensor real, Tensor generated, int neighbours = 3)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(generated);
        Require.AtLeast(1, neighbours);
        if (real.shape[0] <= neighbours || generated.shape[0] != real.shape[0])
            throw new UserException(
                $"Precision and recall need two sets of equal size, larger than {neighbours}; these have {real.shape[0]} and "
                    + $"{generated.shape[0]}.");
        using var scope = NewDisposeScope();
        var (a, b) = (real.to_type(ScalarType.Float64), generated.to_type(ScalarType.Float64));
        return new PrecisionRecall(Inside(b, a, neighbours), Inside(a, b, neighbours));
    }

    // Share of the points within the region of the set.
    private static double Inside(Tensor points, Tensor set, int neighbours)
    {
        // The nearest of all is the vector itself.
        var radii = cdist(set, set).topk(neighbours + 1, dim: 1, largest: false).values.amax([1]); // [set]
        return cdist(points, set).le(radii.unsqueeze(0)).any(1).to_type(ScalarType.Float64).mean().item<double>();
    }
}
