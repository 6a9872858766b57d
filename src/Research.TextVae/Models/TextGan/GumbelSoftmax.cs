using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>Draws of one of several categories through which a gradient flows (Jang et al. 2017; Maddison et al. 2017).</summary>
public static class GumbelSoftmax
{
    /// <summary>Standard Gumbel noise of the shape and type of some logits, from LibTorch's default generator.</summary>
    // g = −log(−log u): argmax(l + g) is a draw from softmax(l)
    public static Tensor NoiseLike(Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return -(-rand_like(logits).clamp_min(1e-30).log()).clamp_min(1e-30).log();
    }

    /// <summary>A relaxed draw: shares of the categories that come near a single one as the temperature falls.</summary>
    /// <param name="logits">[…, categories].</param>
    /// <param name="noise">Gumbel noise of the same shape.</param>
    /// <param name="temperature">τ.</param>
    // y = softmax( (l + g) / τ )
    public static Tensor Relaxed(Tensor logits, Tensor noise, double temperature)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return ((logits + noise) / Require.Above(0, temperature)).softmax(-1);
    }

    /// <summary>The draw itself, 1 at one category and 0 elsewhere, with the gradient of the relaxed one (straight-through estimator).</summary>
    /// <param name="relaxed">What <see cref="Relaxed"/> gives.</param>
    public static Tensor StraightThrough(Tensor relaxed)
    {
        ArgumentNullException.ThrowIfNull(relaxed);
        var drawn = nn.functional.one_hot(relaxed.argmax(-1), relaxed.shape[^1]).to_type(relaxed.dtype);
        return drawn - relaxed.detach() + relaxed;
    }
}
