using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>Paths between two codes.</summary>
public static class Interpolation
{
    /// <summary>The straight line from <paramref name="from"/> to <paramref name="to"/>, both ends included.</summary>
    /// <param name="from">[latent].</param>
    /// <param name="to">[latent].</param>
    /// <param name="steps">Points, at least two.</param>
    /// <returns>[steps, latent].</returns>
    // z(t) = (1 − t) z₀ + t z₁
    public static Tensor Linear(Tensor from, Tensor to, int steps)
    {
        var t = Positions(from, to, steps);
        return from.unsqueeze(0) * (1 - t) + to.unsqueeze(0) * t;
    }

    /// <summary>
    /// The great-circle path (White 2016), which keeps the norm that draws from a high-dimensional Gaussian have.
    /// Falls back to the line when the codes are parallel.
    /// </summary>
    /// <inheritdoc cref="Linear"/>
    // z(t) = [ sin((1 − t) Ω) z₀ + sin(t Ω) z₁ ] / sin Ω,   cos Ω = z₀ · z₁ / (‖z₀‖ ‖z₁‖)
    public static Tensor Spherical(Tensor from, Tensor to, int steps)
    {
        var t = Positions(from, to, steps);
        var cosine = (from * to).sum() / (from.norm() * to.norm());
        var angle = cosine.clamp(-1, 1).acos();
        return angle.sin().item<float>() < 1e-6f
            ? Linear(from, to, steps)
            : (((1 - t) * angle).sin() * from.unsqueeze(0) + (t * angle).sin() * to.unsqueeze(0)) / angle.sin();
    }

    private static Tensor Positions(Tensor from, Tensor to, int steps)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        Require.AtLeast(2, steps);
        return linspace(0, 1, steps, device: from.device).unsqueeze(1);
    }
}
