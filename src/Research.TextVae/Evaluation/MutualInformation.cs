using Research.TextVae.Models;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>
/// Mutual information between sentence and code under the encoder, after Hoffman and Johnson 2016:
/// I_q(x; z) = E_x[ KL(q(z|x) ‖ p(z)) ] − KL(q(z) ‖ p(z)), with the aggregate posterior q(z) = (1/N) Σᵢ q(z|xᵢ). That is
/// E[ log q(z|x) − log q(z) ], which is estimated on draws of z from each sentence's posterior, both densities at the same draw, so that
/// their noises cancel. No term exceeds ln N, and the estimate is clipped to [0, ln N], where the truth lies.
/// </summary>
public static class MutualInformation
{
    private const int RowsAtOnce = 1024;

    /// <summary>The aggregate runs over all sentences given. At most ln of their number.</summary>
    /// <param name="posterior">q(z|x), float64, [sentences, latent].</param>
    /// <param name="z">Draws from each sentence's posterior; [sentences, latent] or [draws, sentences, latent].</param>
    /// <returns>Nats.</returns>
    public static double FullSet(DiagonalGaussian posterior, Tensor z) => Estimate(posterior, z).Value;

    /// <summary>As <see cref="FullSet"/>, with the standard error of the estimate.</summary>
    /// <inheritdoc cref="FullSet"/>
    // I = E[a],   a = log q(z|x_i) − log q(z),   z ~ q(z|x_i).
    // Near collapse q(z) is nearly a Gaussian g, and E_x[ KL(q(z|x) ‖ g) ] less the mean of log q(z) − log g(z) has less variance. That is
    // a − b, with the control variate b = log q(z|x_i) − log g(z) − KL(q(z|x_i) ‖ g), whose expectation is 0. The estimate is the mean of
    // a − c b with c = Cov(a, b) / Var(b), the best of all such forms (Owen 2013, section 8.9).
    public static InformationEstimate Estimate(DiagonalGaussian posterior, Tensor z)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        ArgumentNullException.ThrowIfNull(z);
        using var scope = NewDisposeScope();
        var draws = z.dim() == 2 ? z.unsqueeze(0) : z; // [draws, sentences, latent]
        var own = posterior.LogDensity(draws); // [draws, sentences]
        var a = own - AggregateLogDensity(posterior, draws.flatten(0, 1)).view_as(own);
        var aggregate = Moments(posterior);
        var b = own - aggregate.LogDensity(draws) - posterior.KlFrom(aggregate).sum(1);
        // The noise is that of the draws of one sentence about their mean; with one draw it cannot be told from what sentences differ by.
        long[] over = draws.shape[0] > 1 ? [0] : [1];
        Tensor Centred(Tensor values) => values - values.mean(over, keepdim: true);
        var variance = Centred(b).pow(2).sum().item<double>();
        var coefficient = variance > 0 ? (Centred(a) * Centred(b)).sum().item<double>() / variance : 0;
        var terms = a - b * coefficient;
        var (count, freedom) = (terms.numel(), terms.numel() - terms.numel() / draws.shape[over[0]]);
        var error = freedom > 0 ? Math.Sqrt(Centred(terms).pow(2).sum().item<double>() / freedom / count) : 0;
        return new InformationEstimate(Math.Clamp(terms.mean().item<double>(), 0, Math.Log(posterior.Mean.shape[0])), error);
    }

    /// <summary>
    /// The aggregate runs over the sentences of one batch, averaged over whole batches: the form behind many published
    /// tables. At most ln of the batch size (ln 32 = 3.47), so it says nothing about models above that.
    /// </summary>
    /// <inheritdoc cref="FullSet"/>
    public static double WithinBatches(DiagonalGaussian posterior, Tensor z, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        ArgumentNullException.ThrowIfNull(z);
        using var scope = NewDisposeScope();
        var sentences = posterior.Mean.shape[0];
        var batches = Math.Max(1, sentences / batchSize);
        return Enumerable.Range(0, (int)batches).Average(batch =>
        {
            var start = batch * (long)batchSize;
            var length = Math.Min(batchSize, sentences);
            Tensor Rows(Tensor tensor) => tensor.narrow(tensor.dim() - 2, start, length);
            return FullSet(new DiagonalGaussian(Rows(posterior.Mean), Rows(posterior.LogVariance)), Rows(z));
        });
    }

    /// <summary>The Gaussian with the aggregate posterior's mean and variances; [1, latent].</summary>
    private static DiagonalGaussian Moments(DiagonalGaussian posterior)
    {
        var mean = posterior.Mean.mean([0L], keepdim: true);
        var variance = posterior.LogVariance.exp().mean([0L], keepdim: true) + (posterior.Mean - mean).pow(2).mean([0L], keepdim: true);
        return new DiagonalGaussian(mean, variance.log());
    }

    /// <summary>log q(z) of each draw under the aggregate posterior.</summary>
    /// <param name="posterior">q(z|x), [sentences, latent].</param>
    /// <param name="z">[draws, latent].</param>
    /// <returns>[draws].</returns>
    // log q(z) = logsumexp_i log q(z|x_i) − log N. The densities of all pairs are products of matrices:
    // Σ_d (z − μ)² / σ² = Σ_d z² / σ² − 2 Σ_d z μ / σ² + Σ_d μ² / σ², about the mean of all μ, so that little cancels.
    private static Tensor AggregateLogDensity(DiagonalGaussian posterior, Tensor z)
    {
        var (draws, centre) = (z.shape[0], posterior.Mean.mean([0L], keepdim: true));
        var means = posterior.Mean - centre;
        var precision = (-posterior.LogVariance).exp(); // [sentences, latent]
        var constant = (means.pow(2) * precision + posterior.LogVariance + Math.Log(2 * Math.PI)).sum(1); // [sentences]
        var (quadratic, linear) = (precision.t(), (means * precision).t() * 2);
        var rows = new List<Tensor>();
        for (long start = 0; start < draws; start += RowsAtOnce)
        {
            HostInterruption.Check();
            using var scope = NewDisposeScope();
            var chunk = z.narrow(0, start, Math.Min(RowsAtOnce, draws - start)) - centre; // [chunk, latent]
            var density = (chunk.pow(2).matmul(quadratic) - chunk.matmul(linear) + constant) * -0.5; // [chunk, sentences]
            rows.Add((density.logsumexp(1) - Math.Log(posterior.Mean.shape[0])).MoveToOuterDisposeScope());
        }

        return cat(rows, 0);
    }
}

/// <summary>An estimate of mutual information.</summary>
/// <param name="Value">Nats.</param>
/// <param name="StandardError">
/// Standard error of the value by the noise of the draws, in nats; for the sentences given, not for others.
/// </param>
public sealed record InformationEstimate(double Value, double StandardError);
