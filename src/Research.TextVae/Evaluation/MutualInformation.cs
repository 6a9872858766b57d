using Research.TextVae.Models;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>
/// Mutual information between sentence and code under the encoder, after Hoffman and Johnson 2016:
/// I_q(x; z) = E_x[ KL(q(z|x) ‖ p(z)) ] − KL(q(z) ‖ p(z)), with the aggregate posterior q(z) = (1/N) Σᵢ q(z|xᵢ).
/// The second term is a Monte-Carlo estimate from one draw of z a sentence. No estimate exceeds ln N.
/// </summary>
public static class MutualInformation
{
    private const int RowsAtOnce = 256;

    /// <summary>The aggregate runs over all sentences given. Capped at ln of their number.</summary>
    /// <param name="posterior">q(z|x), float64, [sentences, latent].</param>
    /// <param name="z">One draw a sentence from its posterior; [sentences, latent].</param>
    /// <returns>Nats.</returns>
    public static double FullSet(DiagonalGaussian posterior, Tensor z)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        ArgumentNullException.ThrowIfNull(z);
        using var scope = NewDisposeScope();
        // KL(q(z) ‖ p(z)) ≈ (1/N) Σ_i [ log q(z_i) − log p(z_i) ],   z_i ~ q(z|x_i)
        var aggregateKl = (AggregateLogDensity(posterior, z) - DiagonalGaussian.PriorLogDensity(z)).mean();
        return posterior.KlFromPrior().sum(1).mean().item<double>() - aggregateKl.item<double>();
    }

    /// <summary>
    /// The aggregate runs over the sentences of one batch, averaged over whole batches: the form behind many published
    /// tables. Capped at ln of the batch size (ln 32 = 3.47), so it says nothing about models above that.
    /// </summary>
    /// <inheritdoc cref="FullSet"/>
    public static double WithinBatches(DiagonalGaussian posterior, Tensor z, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        ArgumentNullException.ThrowIfNull(z);
        using var scope = NewDisposeScope();
        var batches = Math.Max(1, z.shape[0] / batchSize);
        return Enumerable.Range(0, (int)batches).Average(batch =>
        {
            var start = batch * (long)batchSize;
            var length = Math.Min(batchSize, z.shape[0]);
            Tensor Rows(Tensor tensor) => tensor.narrow(0, start, length);
            return FullSet(new DiagonalGaussian(Rows(posterior.Mean), Rows(posterior.LogVariance)), Rows(z));
        });
    }

    /// <summary>log q(z) of each draw under the aggregate posterior; [draws].</summary>
    private static Tensor AggregateLogDensity(DiagonalGaussian posterior, Tensor z)
    {
        var draws = z.shape[0];
        var rows = new List<Tensor>();
        for (long start = 0; start < draws; start += RowsAtOnce)
        {
            HostInterruption.Check();
            using var scope = NewDisposeScope();
            var chunk = z.narrow(0, start, Math.Min(RowsAtOnce, draws - start)).unsqueeze(1); // [chunk, 1, latent]
            // log q(z) = logsumexp_i log q(z|x_i) − log N
            var density = posterior.LogDensity(chunk).logsumexp(1) - Math.Log(posterior.Mean.shape[0]);
            rows.Add(density.MoveToOuterDisposeScope());
        }

        return cat(rows, 0);
    }
}
