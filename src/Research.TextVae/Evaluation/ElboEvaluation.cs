using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>
/// The ELBO of a set of sentences and what the posterior does on it. Losses are means over sentences of sums over
/// predicted tokens (<c>&lt;/s&gt;</c> included, <c>&lt;s&gt;</c> not), in nats, always with KL weight 1.
/// </summary>
public sealed record ElboEvaluation
{
    public required long Sentences { get; init; }

    /// <summary>Predicted tokens of all sentences.</summary>
    public required long Tokens { get; init; }

    /// <summary>−log p(x|z) for one draw of z a sentence: the distortion.</summary>
    public required double Reconstruction { get; init; }

    /// <summary>KL(q(z|x) ‖ p(z)) of each dimension: their sum is the rate.</summary>
    public required IReadOnlyList<double> KlPerDimension { get; init; }

    /// <summary>I(x; z) under q, <see cref="MutualInformation.FullSet"/>.</summary>
    public required double MutualInformation { get; init; }

    /// <summary>I(x; z) under q, <see cref="MutualInformation.WithinBatches"/> with 32 sentences a batch.</summary>
    public required double BatchMutualInformation { get; init; }

    /// <summary>Dimensions the encoder uses, <see cref="ActiveUnits"/>.</summary>
    public required int ActiveUnits { get; init; }

    /// <summary>KL(q(z|x) ‖ p(z)): the rate.</summary>
    public double Kl => KlPerDimension.Sum();

    /// <summary>The KL term as an objective takes it, a sentence: with its free bits, where it has any.</summary>
    public required double ObjectiveKl { get; init; }

    /// <summary>−ELBO = reconstruction + KL.</summary>
    public double NegativeElbo => Reconstruction + Kl;

    /// <summary>exp(−ELBO / tokens a sentence): an upper bound of the perplexity a token.</summary>
    public double Perplexity => Math.Exp(NegativeElbo * Sentences / Tokens);

    /// <summary>Evaluates the model, dropout off, on every sentence of the set.</summary>
    /// <param name="model">The model; its training mode is put back afterwards.</param>
    /// <param name="sentences">The sentences; at least two.</param>
    /// <param name="seed">Seed of the draws of z.</param>
    /// <param name="batchSize">Sentences in a batch; the result does not depend on it.</param>
    /// <param name="objective">What <see cref="ObjectiveKl"/> is taken by; the plain ELBO when absent.</param>
    public static ElboEvaluation Of(TextVaeModel model, EncodedSentences sentences, ulong seed, int batchSize = 64, ElboObjective? objective = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sentences);
        if (sentences.Count < 2)
            throw new UserException($"{sentences.Count} sentence(s) are too few to evaluate on: give more text or a larger share of it.");
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);

        var noise = StandardNormal.Sample(sentences.Count, model.LatentSize, seed);
        var reconstruction = 0.0;
        long tokens = 0;
        var (means, logVariances) = (new List<Tensor>(), new List<Tensor>());
        var (priorMeans, priorLogVariances) = (new List<Tensor>(), new List<Tensor>());
        var order = new List<long>(sentences.Count);
        foreach (var tokenBatch in new BatchSampler(sentences, new BatchOptions { BatchSize = batchSize, Shuffle = false }, seed).Epoch(0))
        {
            using var step = NewDisposeScope();
            var batch = TextBatch.From(tokenBatch, model.Device);
            var rows = torch.tensor(Array.ConvertAll(tokenBatch.Indices, index => (long)index));
            var terms = model.Elbo(batch, noise.index_select(0, rows).to(model.Device));
            reconstruction += terms.Reconstruction.PerToken.to_type(ScalarType.Float64).sum().item<double>();
            tokens += batch.Tokens;
            order.AddRange(tokenBatch.Indices.Select(index => (long)index));
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
        var z = posterior.Sample(noise.to_type(ScalarType.Float64));
        return new ElboEvaluation
        {
            Sentences = sentences.Count,
            Tokens = tokens,
            Reconstruction = reconstruction / sentences.Count,
            KlPerDimension = kl.mean([0]).data<double>().ToArray(),
            ObjectiveKl = (objective?.Kl(kl) ?? kl.sum()).item<double>() / sentences.Count,
            MutualInformation = Evaluation.MutualInformation.FullSet(posterior, z),
            BatchMutualInformation = Evaluation.MutualInformation.WithinBatches(posterior, z, 32),
            ActiveUnits = Evaluation.ActiveUnits.Count(posterior.Mean),
        };
    }
}
