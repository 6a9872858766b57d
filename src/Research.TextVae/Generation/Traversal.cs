using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>Walks from a code along one direction, to see what it stands for.</summary>
public static class Traversal
{
    /// <summary>The code moved along a direction, from <paramref name="from"/> to <paramref name="to"/> times its length.</summary>
    /// <param name="z">[latent].</param>
    /// <param name="direction">[latent].</param>
    /// <param name="from">First multiple.</param>
    /// <param name="to">Last multiple.</param>
    /// <param name="steps">Points, at least two.</param>
    /// <returns>[steps, latent].</returns>
    // z(t) = z + t d
    public static Tensor Along(Tensor z, Tensor direction, double from, double to, int steps)
    {
        ArgumentNullException.ThrowIfNull(z);
        ArgumentNullException.ThrowIfNull(direction);
        Require.AtLeast(2, steps);
        return z.unsqueeze(0) + linspace(from, to, steps, device: z.device).unsqueeze(1) * direction.unsqueeze(0);
    }

    /// <summary>The code with one of its dimensions set to values from <paramref name="from"/> to <paramref name="to"/>.</summary>
    /// <param name="z">[latent].</param>
    /// <param name="dimension">From 0.</param>
    /// <param name="from">First value.</param>
    /// <param name="to">Last value.</param>
    /// <param name="steps">Points, at least two.</param>
    /// <returns>[steps, latent].</returns>
    public static Tensor OfDimension(Tensor z, int dimension, double from, double to, int steps)
    {
        ArgumentNullException.ThrowIfNull(z);
        Require.AtLeast(2, steps);
        var codes = z.unsqueeze(0).repeat(steps, 1);
        codes.narrow(1, dimension, 1).copy_(linspace(from, to, steps, device: z.device).unsqueeze(1));
        return codes;
    }
}
