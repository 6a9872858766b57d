using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>
/// The KL term of a set of examples in the three parts of Chen et al. 2018, equation 2, in nats per example, with the aggregate posterior
/// q(z) over the whole set. <see cref="KlParts"/> says what they are.
/// </summary>
/// <param name="IndexCode">I(x; z). At most ln of the number of examples.</param>
/// <param name="TotalCorrelation">KL(q(z) ‖ Πⱼ q(zⱼ)).</param>
/// <param name="DimensionWise">Σⱼ KL(q(zⱼ) ‖ p(zⱼ)).</param>
public sealed record KlDecomposition(double IndexCode, double TotalCorrelation, double DimensionWise)
{
    private const int RowsAtOnce = 64;

    /// <summary>Encodes a set, dropout off, and takes the KL term of its posteriors apart.</summary>
    /// <param name="model">A model with the prior N(0, I); its training mode is restored.</param>
    /// <param name="examples">At least two examples.</param>
    /// <param name="seed">Seed of the draws of z.</param>
    public static KlDecomposition Evaluate<TBatch>(Vae<TBatch> model, IDataset<TBatch> examples, ulong seed)
        where TBatch : IBatch<TBatch>
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(examples);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);
        var posterior = model.Encode(examples.ToBatch(model.Device));
        var doubled = new DiagonalGaussian(
            posterior.Mean.cpu().to_type(ScalarType.Float64), posterior.LogVariance.cpu().to_type(ScalarType.Float64));
        var noise = StandardNormal.Sample(examples.Count, model.LatentSize, seed).to_type(ScalarType.Float64);
        return FullSet(doubled, doubled.Sample(noise));
    }

    /// <summary>The aggregate runs over all examples given.</summary>
    /// <param name="posterior">q(z|x); [examples, latent].</param>
    /// <param name="z">A draw from each; [examples, latent].</param>
    public static KlDecomposition FullSet(DiagonalGaussian posterior, Tensor z)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        ArgumentNullException.ThrowIfNull(z);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var count = z.shape[0];
        var weight = tensor(-Math.Log(count), z.dtype);
        var sums = new double[3];
        for (var first = 0L; first < count; first += RowsAtOnce)
        {
            HostInterruption.Check();
            using var rows = NewDisposeScope();
            var size = Math.Min(RowsAtOnce, count - first);
            var own = new DiagonalGaussian(posterior.Mean.narrow(0, first, size), posterior.LogVariance.narrow(0, first, size));
            var parts = KlParts.Of(own, z.narrow(0, first, size), posterior, weight);
            Tensor[] means = [parts.IndexCode, parts.TotalCorrelation, parts.DimensionWise];
            for (var i = 0; i < means.Length; i++)
                sums[i] += means[i].ToDouble() * size / count;
        }

        return new KlDecomposition(sums[0], sums[1], sums[2]);
    }
}
