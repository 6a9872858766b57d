using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>
/// The importance-weighted estimate of −log p(x) (Burda et al. 2016, equation 8), by default with a defensive mixture about the encoder's
/// posterior as proposal. In the mean it lies above the true value and falls towards it as the number of samples grows; with one sample of
/// the posterior it is the negative ELBO.
/// </summary>
/// <param name="PerSentence">The estimate for each example, in nats, in the set's order.</param>
/// <param name="Tokens">Predicted tokens of all examples.</param>
/// <param name="Samples">Samples of z per example, K.</param>
public sealed record ImportanceWeightedNll(IReadOnlyList<double> PerSentence, long Tokens, int Samples) : EstimatedNll(PerSentence, Tokens)
{
    private const int RowsAtOnce = 2048;
    private const int ExamplesAtOnce = 32;

    /// <summary>Effective sample size of each example, 1 / Σ w̄² over its normalised weights: between 1 and K. Where it is small the
    /// estimate and its error are not to be trusted.</summary>
    public IReadOnlyList<double> EffectiveSamples { get; init; } = [];

    /// <summary>How much lower the estimate of K draws is than that of K/2, in nats per example; infinite where K is 1.</summary>
    public double Fall { get; init; } = double.PositiveInfinity;

    /// <summary>That was less than the tolerance: more samples would hardly lower the estimate.</summary>
    public bool Converged { get; init; }

    /// <summary>The median over examples of <see cref="EffectiveSamples"/>.</summary>
    public double MedianEffectiveSamples => Statistics.Median(EffectiveSamples);

    /// <summary>Estimates −log p(x) of every example of the set with a given number of samples, dropout off.</summary>
    /// <param name="model">The model; its training mode is restored.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="samples">Samples of z per example, K.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="progress">Called with the number of examples processed.</param>
    public static ImportanceWeightedNll Estimate<TBatch>(
        Vae<TBatch> model, IDataset<TBatch> examples, int samples, ulong seed, Action<int>? progress = null)
        where TBatch : IBatch<TBatch> =>
        Estimate(model, examples, new ImportanceSampling { Samples = samples, Doublings = 0 }, seed, progress);

    /// <summary>Estimates −log p(x) of every example of the set, dropout off, with as many samples as it takes to converge.</summary>
    /// <param name="model">The model; its training mode is restored.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="sampling">The proposal, the number of samples and when there are enough.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="progress">Called with the number of examples processed; for every doubling it begins anew.</param>
    /// <exception cref="UserException">There is no example.</exception>
    public static ImportanceWeightedNll Estimate<TBatch>(
        Vae<TBatch> model, IDataset<TBatch> examples, ImportanceSampling sampling, ulong seed, Action<int>? progress = null)
        where TBatch : IBatch<TBatch>
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(sampling);
        if (examples.Count == 0)
            throw new UserException("There is no example to estimate the likelihood of.");
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);
        using var generator = new Generator(seed);
        var run = new Rounds<TBatch>(model, examples, sampling, generator, seed);

        // The first K draws come in two halves, of which the fall between them is known; then each round has as many draws as all before.
        var sums = run.Next(Math.Max(1, sampling.Samples / 2), progress);
        var fall = double.PositiveInfinity;
        for (var wanted = (long)sampling.Samples; wanted <= sampling.MaxSamples && !(fall < sampling.Tolerance); wanted *= 2)
        {
            var draws = (int)wanted - sums[0].Draws;
            if (draws == 0)
                continue;
            var next = run.Next(draws, progress);
            var both = sums.Zip(next, (before, now) => before.Add(now)).ToArray();
            fall = both.Select((all, i) => all.LogMean - HalfLogMean(sums[i], next[i])).Average();
            sums = both;
        }

        return new ImportanceWeightedNll([.. sums.Select(sum => -sum.LogMean)], run.Tokens, sums[0].Draws)
        {
            EffectiveSamples = [.. sums.Select(sum => sum.EffectiveSamples)],
            MonteCarloErrors = [.. sums.Select(sum => sum.Error)],
            Fall = fall,
            Converged = fall < sampling.Tolerance,
        };
    }

    // The log means of two parts, in the mean over their draws: what half the draws give.
    private static double HalfLogMean(WeightSums left, WeightSums right) =>
        (left.LogMean * left.Draws + right.LogMean * right.Draws) / (left.Draws + right.Draws);

    /// <summary>Log importance weights of a batch.</summary>
    /// <param name="model">The model, dropout off.</param>
    /// <param name="batch">The examples.</param>
    /// <param name="parts">The parts of the proposal and the draws of each.</param>
    /// <param name="prior">p(z); the standard normal distribution when absent.</param>
    /// <param name="generator">Of the draws.</param>
    /// <returns>float64 [draws, batch] on the CPU, the parts one after the other.</returns>
    // log w = log p(z) + log p(x|z) − log Σ_j α_j q_j(z),   α_j = K_j / K
    private static Tensor LogWeights<TBatch>(
        Vae<TBatch> model, TBatch batch, IReadOnlyList<(DiagonalGaussian Part, int Draws)> parts, DiagonalGaussian? prior,
        Generator generator)
        where TBatch : IBatch<TBatch>
    {
        var total = parts.Sum(part => part.Draws);
        var logWeights = new List<Tensor>();
        var chunk = (int)Math.Max(1, RowsAtOnce / batch.Size);
        for (var first = 0; first < total; first += chunk)
        {
            HostInterruption.Check();
            using var scope = NewDisposeScope();
            var draws = Math.Min(chunk, total - first);
            var z = Codes(parts, first, draws, generator); // [draws, batch, latent]
            var nll = model.NegativeLogLikelihood(batch.Tile(draws), z.flatten(0, 1)).PerSentence().view(draws, batch.Size);
            var proposal = stack(parts.Select(part => part.Part.LogDensity(z) + Math.Log((double)part.Draws / total)), 0).logsumexp(0);
            var logWeight = DiagonalGaussian.PriorLogDensity(z, prior) - nll - proposal; // [draws, batch]
            logWeights.Add(logWeight.to_type(ScalarType.Float64).cpu().MoveToOuterDisposeScope());
        }

        return cat(logWeights, 0);
    }

    // Some of the draws, in the order of the parts; [draws, batch, latent].
    private static Tensor Codes(
        IReadOnlyList<(DiagonalGaussian Part, int Draws)> parts, int first, int draws, Generator generator)
    {
        var (pieces, offset) = (new List<Tensor>(), 0);
        foreach (var (part, count) in parts)
        {
            var (from, until) = (Math.Max(first, offset), Math.Min(first + draws, offset + count));
            if (from < until)
            {
                var noise = randn([until - from, .. part.Mean.shape], generator: generator);
                pieces.Add(part.Sample(noise.to(part.Mean.dtype, part.Mean.device)));
            }

            offset += count;
        }

        return cat(pieces, 0);
    }

    // Rounds of draws over the whole set.
    private sealed class Rounds<TBatch>(
        Vae<TBatch> model, IDataset<TBatch> examples, ImportanceSampling sampling, Generator generator, ulong seed)
        where TBatch : IBatch<TBatch>
    {
        /// <summary>Predicted tokens of all examples.</summary>
        public long Tokens { get; private set; }

        public WeightSums[] Next(int draws, Action<int>? progress)
        {
            var sums = new WeightSums[examples.Count];
            var done = 0;
            Tokens = 0;
            var options = new BatchOptions { BatchSize = ExamplesAtOnce, Shuffle = false };
            foreach (var indices in new BatchSampler(examples, options, seed).Epoch(0))
            {
                using var scope = NewDisposeScope();
                var batch = examples.Batch(indices, model.Device);
                var prior = model.Prior(batch);
                var parts = sampling.Parts(model.Encode(batch), prior, draws);
                var byExample = LogWeights(model, batch, parts, prior, generator).t().contiguous().data<double>().ToArray();
                for (var row = 0; row < indices.Length; row++)
                    sums[indices[row]] = WeightSums.Of(byExample.AsSpan(row * draws, draws), parts.Select(part => part.Draws));
                Tokens += batch.Tokens;
                progress?.Invoke(done += (int)batch.Size);
            }

            return sums;
        }
    }
}
