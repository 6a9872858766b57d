using System.Globalization;
using System.Text.Json.Serialization;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>
/// The metrics of a model on a set of examples. Losses are means over examples of sums over predicted tokens (<c>&lt;/s&gt;</c>
/// included, <c>&lt;s&gt;</c> not), in nats. A VAE has <see cref="VaeMetrics"/>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "of")]
[JsonDerivedType(typeof(LikelihoodMetrics), "likelihood")]
[JsonDerivedType(typeof(VaeMetrics), "vae")]
public record LikelihoodMetrics
{
    /// <summary>Number of examples.</summary>
    public required long Examples { get; init; }

    /// <summary>Predicted tokens of all examples.</summary>
    public required long Tokens { get; init; }

    /// <summary>−log p(x); of a VAE −log p(x|z) for one sample of z per example, the distortion.</summary>
    public required double Reconstruction { get; init; }

    /// <summary>−log p(x), or of a VAE the upper bound −ELBO = reconstruction + KL.</summary>
    public virtual double NegativeElbo => Reconstruction;

    /// <summary>exp(−log p(x) / tokens): the perplexity per token; of a VAE the upper bound exp(−ELBO / tokens).</summary>
    public double Perplexity => Math.Exp(NegativeElbo * Examples / Tokens);
}

/// <summary>The metrics of a VAE on a set of examples: its ELBO, always with KL weight 1, and what the posterior does.</summary>
public sealed record VaeMetrics : LikelihoodMetrics
{
    private const int InformationDraws = 4; // of z per example, the one that is decoded among them

    /// <summary>KL(q(z|x) ‖ p(z)) of each dimension: their sum is the rate.</summary>
    public required IReadOnlyList<double> KlPerDimension { get; init; }

    /// <summary>I(x; z) under q, <see cref="Evaluation.MutualInformation.FullSet"/>.</summary>
    public required double MutualInformation { get; init; }

    /// <summary>Standard error of <see cref="MutualInformation"/> by the noise of its draws; 0 in records from before it was
    /// estimated.</summary>
    public double MutualInformationError { get; init; }

    /// <summary>I(x; z) under q, <see cref="Evaluation.MutualInformation.WithinBatches"/> with 32 examples per batch.</summary>
    public required double BatchMutualInformation { get; init; }

    /// <summary>Dimensions the encoder uses, <see cref="Evaluation.ActiveUnits"/>.</summary>
    public required int ActiveUnits { get; init; }

    /// <summary>Dimensions so near to the threshold of <see cref="ActiveUnits"/> that rounding decides.</summary>
    public int UndecidedUnits { get; init; }

    /// <summary>The active units as they are printed: <c>17</c>, or <c>17 (1 at the threshold)</c> where rounding decides.</summary>
    [JsonIgnore]
    public string ActiveUnitsText => string.Create(CultureInfo.InvariantCulture,
        $"{ActiveUnits}{(UndecidedUnits > 0 ? $" ({UndecidedUnits} at the threshold)" : "")}");

    /// <summary>KL(q(z|x) ‖ p(z)): the rate.</summary>
    public double Kl => KlPerDimension.Sum();

    /// <summary>The KL term as an objective takes it, per example: with its free bits, where it has any.</summary>
    public required double ObjectiveKl { get; init; }

    /// <inheritdoc/>
    public override double NegativeElbo => Reconstruction + Kl;

    /// <summary>Evaluates a VAE of any kind, dropout off, on every example of a set.</summary>
    /// <param name="model">The model; its training mode is restored.</param>
    /// <param name="examples">The examples; at least two.</param>
    /// <param name="seed">Seed of the samples of z.</param>
    /// <param name="batchSize">Examples per batch; the result does not depend on it.</param>
    /// <param name="objective">What <see cref="ObjectiveKl"/> is taken by; the plain ELBO when absent.</param>
    /// <exception cref="UserException">There are fewer than two examples.</exception>
    public static VaeMetrics Evaluate<TBatch>(
        Vae<TBatch> model, IDataset<TBatch> examples, ulong seed, int batchSize = 64, ElboObjective? objective = null)
        where TBatch : IBatch<TBatch>
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(examples);
        if (examples.Count < 2)
            throw new UserException($"{examples.Count} example(s) are too few to evaluate on: give more text or a larger share of it.");
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);

        var noise = StandardNormal.Sample(examples.Count, model.LatentSize, seed);
        var reconstruction = 0.0;
        long tokens = 0;
        var (means, logVariances) = (new List<Tensor>(), new List<Tensor>());
        var (priorMeans, priorLogVariances) = (new List<Tensor>(), new List<Tensor>());
        var order = new List<long>(examples.Count);
        foreach (var indices in new BatchSampler(examples, new BatchOptions { BatchSize = batchSize, Shuffle = false }, seed).Epoch(0))
        {
            using var step = NewDisposeScope();
            var batch = examples.Batch(indices, model.Device);
            var rows = torch.tensor(Array.ConvertAll(indices, index => (long)index));
            var terms = model.Elbo(batch, noise.index_select(0, rows).to(model.Device));
            reconstruction += terms.Reconstruction.PerToken.to_type(ScalarType.Float64).sum().item<double>();
            tokens += batch.Tokens;
            order.AddRange(indices.Select(index => (long)index));
            means.Add(terms.Posterior.Mean.cpu().MoveToOuterDisposeScope());
            logVariances.Add(terms.Posterior.LogVariance.cpu().MoveToOuterDisposeScope());
            if (model.Prior(batch) is { } prior)
            {
                priorMeans.Add(prior.Mean.cpu().MoveToOuterDisposeScope());
                priorLogVariances.Add(prior.LogVariance.cpu().MoveToOuterDisposeScope());
            }
        }

        // Double precision from here on: sums over the whole set. The order is the set's own, whatever the batching.
        var inOrder = torch.tensor(order.ToArray()).argsort();
        Tensor Ordered(List<Tensor> rows) => cat(rows, 0).index_select(0, inOrder).to_type(ScalarType.Float64);
        var posterior = new DiagonalGaussian(Ordered(means), Ordered(logVariances));
        var kl = priorMeans.Count == 0
            ? posterior.KlFromPrior()
            : posterior.KlFrom(new DiagonalGaussian(Ordered(priorMeans), Ordered(priorLogVariances))); // [sentences, latent]
        var further = StandardNormal.Sample((InformationDraws - 1) * examples.Count, model.LatentSize, StableRandom.Derive(seed, 1));
        var draws = cat([noise, further], 0).view(InformationDraws, examples.Count, model.LatentSize);
        var z = posterior.Sample(draws.to_type(ScalarType.Float64));
        var information = Evaluation.MutualInformation.Estimate(posterior, z);
        return new VaeMetrics
        {
            Examples = examples.Count,
            Tokens = tokens,
            Reconstruction = reconstruction / examples.Count,
            KlPerDimension = kl.mean([0]).data<double>().ToArray(),
            ObjectiveKl = (objective?.Kl(kl) ?? kl.sum()).item<double>() / examples.Count,
            MutualInformation = information.Value,
            MutualInformationError = information.StandardError,
            BatchMutualInformation = Evaluation.MutualInformation.WithinBatches(posterior, z, 32),
            ActiveUnits = Evaluation.ActiveUnits.Count(posterior.Mean),
            UndecidedUnits = Evaluation.ActiveUnits.CountUndecided(posterior.Mean),
        };
    }
}
