using Research.TextVae.Models;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>How −log p(x) is estimated by importance sampling.</summary>
public sealed record ImportanceSampling
{
    private const double PosteriorShare = 0.4;
    private const double PriorShare = 0.1;

    // What is widened by much more misses a posterior of many dimensions; what is widened by less adds nothing.
    private static readonly double[] Widths = [1.25, 1.6, 2.5];

    /// <summary>Draws of z per example to begin with, K.</summary>
    public int Samples { get; init => field = Require.AtLeast(1, value); } = 500;

    /// <summary>How often K is doubled, at most, while the estimate still falls.</summary>
    public int Doublings { get; init => field = Require.Within(0, 20, value); } = 3;

    /// <summary>The most draws of z per example.</summary>
    public int MaxSamples => (int)Math.Min((long)Samples << Doublings, int.MaxValue / 2);

    /// <summary>The estimate has converged when K draws give one that is lower than K/2 draws' by less than this, in nats per
    /// example.</summary>
    public double Tolerance { get; init => field = Require.Above(0, value); } = 0.05;

    /// <summary>What z is drawn from.</summary>
    public ImportanceProposal Proposal { get; init; }

    /// <summary>The parts of the proposal and how many of some draws each gives: a share of them, rounded, the posterior's first.</summary>
    /// <param name="posterior">q(z|x), [batch, latent].</param>
    /// <param name="prior">p(z); the standard normal distribution when absent.</param>
    /// <param name="draws">K.</param>
    internal IReadOnlyList<(DiagonalGaussian Part, int Draws)> Parts(DiagonalGaussian posterior, DiagonalGaussian? prior, int draws)
    {
        if (Proposal == ImportanceProposal.Posterior)
            return [(posterior, draws)];
        prior ??= new DiagonalGaussian(zeros_like(posterior.Mean), zeros_like(posterior.Mean));
        // A posterior as wide as the prior is not widened: then nothing is lost to a collapsed one.
        var widest = posterior.LogVariance.maximum(prior.LogVariance);
        DiagonalGaussian Widened(double width) =>
            posterior with { LogVariance = (posterior.LogVariance + 2 * Math.Log(width)).minimum(widest) };
        var each = (1 - PosteriorShare - PriorShare) / Widths.Length;
        (DiagonalGaussian Part, double Share)[] parts =
            [(posterior, PosteriorShare), .. Widths.Select(width => (Widened(width), each)), (prior, PriorShare)];
        var (chosen, sum, taken) = (new List<(DiagonalGaussian, int)>(), 0.0, 0);
        foreach (var (part, share) in parts)
        {
            // Rounded up, so that a single draw is the posterior's.
            var until = (int)Math.Min(draws, Math.Ceiling((sum += share) * draws - 1e-9));
            if (until > taken)
                chosen.Add((part, until - taken));
            taken = until;
        }

        return chosen;
    }
}

/// <summary>What the codes of importance sampling are drawn from.</summary>
public enum ImportanceProposal
{
    /// <summary>
    /// A mixture of q(z|x), of q(z|x) with larger deviations and of the prior, a fixed number of draws from each, with the weights of the
    /// balance heuristic, p(x, z) / Σ_j α_j q_j(z) (Hesterberg 1995; Owen and Zhou 2000). No weight exceeds p(x|z) / α of the prior, so
    /// that the estimate has a finite variance however narrow the encoder is.
    /// </summary>
    DefensiveMixture,

    /// <summary>q(z|x) alone: the bound of Burda et al. 2016, equation 8.</summary>
    Posterior,
}

/// <summary>
/// Sums over the importance weights of one example, in terms of the largest of them, so that nothing overflows. Sums of several parts of
/// the draws can be added.
/// </summary>
/// <param name="Draws">K.</param>
/// <param name="Largest">The largest log weight.</param>
/// <param name="Sum">Σ w.</param>
/// <param name="Squares">Σ w².</param>
/// <param name="Variance">Variance of Σ w: the sum over strata of draws × sample variance.</param>
// w is exp(log weight − largest) throughout.
internal readonly record struct WeightSums(int Draws, double Largest, double Sum, double Squares, double Variance)
{
    /// <summary>log of the mean weight.</summary>
    public double LogMean => Largest + Math.Log(Sum / Draws);

    /// <summary>1 / Σ w̄² with w̄ = w / Σ w: draws from the true posterior that would be worth as much (Kong 1992).</summary>
    public double EffectiveSamples => Sum > 0 ? Sum * Sum / Squares : 0;

    /// <summary>Standard error of the log of the mean, by the delta method: √Var(Σ w) / Σ w.</summary>
    public double Error => Sum > 0 ? Math.Sqrt(Variance) / Sum : double.PositiveInfinity;

    /// <param name="logWeights">The strata's log weights one after the other.</param>
    /// <param name="strata">Draws of each stratum.</param>
    public static WeightSums Of(ReadOnlySpan<double> logWeights, IEnumerable<int> strata)
    {
        var largest = double.NegativeInfinity;
        foreach (var value in logWeights)
            largest = Math.Max(largest, value);
        if (double.IsNegativeInfinity(largest))
            return new WeightSums(logWeights.Length, largest, 0, 0, 0);
        var (sum, squares, variance, start) = (0.0, 0.0, 0.0, 0);
        foreach (var draws in strata)
        {
            var (first, second) = (0.0, 0.0);
            foreach (var value in logWeights.Slice(start, draws))
            {
                var weight = Math.Exp(value - largest);
                (first, second) = (first + weight, second + weight * weight);
            }

            // A stratum of one draw says nothing of its variance: it counts with its square, which is too much rather than too little.
            variance += draws > 1 ? (second - first * first / draws) * draws / (draws - 1) : second;
            (sum, squares, start) = (sum + first, squares + second, start + draws);
        }

        return new WeightSums(logWeights.Length, largest, sum, squares, Math.Max(0, variance));
    }

    /// <summary>The sums over both parts.</summary>
    public WeightSums Add(WeightSums other)
    {
        if (other.Largest > Largest)
            return other.Add(this);
        var scale = other.Sum > 0 ? Math.Exp(other.Largest - Largest) : 0;
        var square = scale * scale;
        return new WeightSums(
            Draws + other.Draws, Largest, Sum + other.Sum * scale, Squares + other.Squares * square, Variance + other.Variance * square);
    }
}
