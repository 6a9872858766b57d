using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>
/// The importance-weighted estimate of −log p(x) (Burda et al. 2016, equation 8) with the encoder as proposal. It falls
/// towards the true value as the number of samples grows; with one sample it is the negative ELBO.
/// </summary>
/// <param name="PerSentence">The estimate for each example, in nats, in the set's order.</param>
/// <param name="Tokens">Predicted tokens of all examples.</param>
/// <param name="Samples">Samples of z per example, K.</param>
public sealed record ImportanceWeightedNll(IReadOnlyList<double> PerSentence, long Tokens, int Samples)
{
    private const int RowsAtOnce = 2048;

    /// <summary>Nats per example.</summary>
    public double Mean => PerSentence.Average();

    /// <summary>exp(Σ IW-NLL / Σ predicted tokens).</summary>
    public double Perplexity => Math.Exp(PerSentence.Sum() / Tokens);

    /// <summary>Estimates −log p(x) of every example of the set, dropout off.</summary>
    /// <param name="model">The model; its training mode is restored.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="samples">Samples of z per example, K.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="progress">Called with the number of examples processed.</param>
    public static ImportanceWeightedNll Estimate<TBatch>(
        Vae<TBatch> model, IDataset<TBatch> examples, int samples, ulong seed, Action<int>? progress = null)
        where TBatch : IBatch<TBatch>
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(examples);
        Require.AtLeast(1, samples, nameof(samples));
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);
        using var generator = new Generator(seed);

        var perSentence = new double[examples.Count];
        long tokens = 0;
        var done = 0;
        var options = new BatchOptions { BatchSize = 32, Shuffle = false };
        foreach (var indices in new BatchSampler(examples, options, seed).Epoch(0))
        {
            using var step = NewDisposeScope();
            var batch = examples.Batch(indices, model.Device);
            var values = Estimate(model, batch, samples, generator).data<double>().ToArray();
            for (var row = 0; row < values.Length; row++)
                perSentence[indices[row]] = values[row];
            tokens += batch.Tokens;
            progress?.Invoke(done += (int)batch.Size);
        }

        return new ImportanceWeightedNll(perSentence, tokens, samples);
    }

    /// <summary>−log p(x) of each example of a batch; float64 [batch] on the CPU.</summary>
    // −log p(x) ≈ −[ logsumexp_k( log p(z_k) + log p(x|z_k) − log q(z_k|x) ) − log K ],   z_k ~ q(z|x)
    internal static Tensor Estimate<TBatch>(Vae<TBatch> model, TBatch batch, int samples, Generator generator)
        where TBatch : IBatch<TBatch>
    {
        var posterior = model.Encode(batch);
        var prior = model.Prior(batch);
        var logWeights = new List<Tensor>();
        var chunk = (int)Math.Max(1, RowsAtOnce / batch.Size);
        for (var drawn = 0; drawn < samples; drawn += chunk)
        {
            HostInterruption.Check();
            using var scope = NewDisposeScope();
            var draws = Math.Min(chunk, samples - drawn);
            var noise = randn([draws, batch.Size, model.LatentSize], generator: generator).to(model.Device);
            var z = posterior.Sample(noise); // [draws, batch, latent]
            var repeated = batch.Tile(draws);
            var nll = model.NegativeLogLikelihood(repeated, z.flatten(0, 1)).PerSentence().view(draws, batch.Size);
            var logWeight = (prior?.LogDensity(z) ?? DiagonalGaussian.PriorLogDensity(z)) - nll - posterior.LogDensity(z); // [draws, batch]
            logWeights.Add(logWeight.to_type(ScalarType.Float64).cpu().MoveToOuterDisposeScope());
        }

        return Math.Log(samples) - cat(logWeights, 0).logsumexp(0);
    }
}
