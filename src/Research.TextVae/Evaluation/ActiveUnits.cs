using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>Active units of Burda et al. 2016, section 5.2.</summary>
public static class ActiveUnits
{
    /// <summary>A dimension is active when its posterior mean varies by at least this over the sentences.</summary>
    public const double Threshold = 0.01;

    /// <summary>Nearer to the threshold than this, rounding decides whether a dimension counts: another processor may count
    /// otherwise.</summary>
    public const double Margin = 1e-5;

    /// <summary>Number of dimensions d with sample variance Var_x(E_q[z_d | x]) ≥ 0.01.</summary>
    /// <param name="posteriorMeans">[sentences, latent].</param>
    public static int Count(Tensor posteriorMeans)
    {
        ArgumentNullException.ThrowIfNull(posteriorMeans);
        using var scope = NewDisposeScope();
        return (int)posteriorMeans.var(0).ge(Threshold).sum().item<long>();
    }

    /// <summary>Number of dimensions whose variance is within <see cref="Margin"/> of the threshold, counted as active or not.</summary>
    /// <param name="posteriorMeans">[sentences, latent].</param>
    public static int CountUndecided(Tensor posteriorMeans)
    {
        ArgumentNullException.ThrowIfNull(posteriorMeans);
        using var scope = NewDisposeScope();
        return (int)(posteriorMeans.var(0) - Threshold).abs().le(Margin).sum().item<long>();
    }
}
