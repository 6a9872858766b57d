using Research.TextVae.Support;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// Principal component analysis: of all linear maps to a few numbers and back, the one with the least squared error
/// (Baldi and Hornik 1989).
/// </summary>
/// <param name="Mean">[width].</param>
/// <param name="Components">Orthonormal rows, the direction of greatest variance first; [components, width].</param>
/// <param name="Variances">Of the examples along each component, divided by their number; [components].</param>
public sealed record Pca(Tensor Mean, Tensor Components, Tensor Variances)
{
    /// <param name="examples">[examples, width].</param>
    /// <param name="components">How many directions are kept.</param>
    /// <exception cref="UserException">The data have fewer directions.</exception>
    public static Pca Fit(Tensor examples, int components)
    {
        ArgumentNullException.ThrowIfNull(examples);
        var most = examples.shape.Min();
        if (components < 1 || components > most)
            throw new UserException(
                $"{components} principal components are asked for; {examples.shape[0]} examples of width {examples.shape[1]} have 1 to "
                    + $"{most}.");
        using var scope = NewDisposeScope();
        var mean = examples.mean([0]);
        // X − μ = U S Vᵀ; the rows of Vᵀ are the directions, S² / n their variances.
        var (_, singular, directions) = linalg.svd(examples - mean, fullMatrices: false);
        return new Pca(
            mean.MoveToOuterDisposeScope(),
            directions.slice(0, 0, components, 1).clone().MoveToOuterDisposeScope(),
            (singular.slice(0, 0, components, 1).pow(2) / examples.shape[0]).MoveToOuterDisposeScope());
    }

    /// <summary>[batch, width] to codes [batch, components].</summary>
    public Tensor Encode(Tensor x) => (x - Mean).matmul(Components.t());

    /// <summary>Codes [batch, components] to [batch, width].</summary>
    public Tensor Decode(Tensor code) => code.matmul(Components) + Mean;

    /// <summary>The mean squared error of the elements of x [batch, width] and their reconstructions.</summary>
    public Tensor Loss(Tensor x) => nn.functional.mse_loss(Decode(Encode(x)), x);
}
