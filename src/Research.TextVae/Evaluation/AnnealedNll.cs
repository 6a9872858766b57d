using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>
/// Annealed importance sampling with Hamiltonian transitions (Neal 2001; Wu et al. 2017): a reference estimate of −log p(x) that needs no
/// encoder. Chains go from the prior to the posterior p(z|x) through intermediate distributions, and their weights average to p(x).
/// In the mean the estimate lies above the true value. Chains in the reverse direction begin at one code, so that what they have in common
/// is not in their Monte-Carlo errors.
/// </summary>
/// <param name="PerSentence">The estimate for each example, in nats, in the set's order.</param>
/// <param name="Tokens">Predicted tokens of all examples.</param>
public sealed record AnnealedNll(IReadOnlyList<double> PerSentence, long Tokens) : EstimatedNll(PerSentence, Tokens)
{
    /// <summary>Effective number of chains of each example, 1 / Σ w̄² over their normalised weights.</summary>
    public IReadOnlyList<double> EffectiveChains { get; init; } = [];

    /// <summary>Share of the Hamiltonian proposals that were accepted.</summary>
    public double Acceptance { get; init; }

    /// <summary>Estimates −log p(x) of every example of the set, dropout off.</summary>
    /// <param name="model">The model; its training mode is restored.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="options">How the chains are run.</param>
    /// <param name="seed">Seed of the chains.</param>
    /// <param name="progress">Called with the number of examples processed.</param>
    /// <exception cref="UserException">There is no example.</exception>
    public static AnnealedNll Estimate<TBatch>(
        Vae<TBatch> model, IDataset<TBatch> examples, AnnealingOptions options, ulong seed, Action<int>? progress = null)
        where TBatch : IBatch<TBatch> =>
        AnnealedRun.Of(model, examples, null, options, seed, progress).Forward;
}

/// <summary>
/// Bidirectional Monte Carlo (Grosse et al. 2015): both sides between which −log p(x) of examples lies that the model itself has
/// generated. Their codes are exact draws from p(z|x), from which chains of annealed importance sampling run in the reverse direction;
/// these overestimate p(x) as much as chains in the forward direction underestimate it.
/// </summary>
/// <param name="Upper">In the mean above −log p(x): chains from the prior to p(z|x).</param>
/// <param name="Lower">In the mean below −log p(x): chains from the codes back to the prior.</param>
public sealed record BidirectionalNll(AnnealedNll Upper, AnnealedNll Lower)
{
    /// <summary>What is left open, in nats per example.</summary>
    public double Gap => Upper.Mean - Lower.Mean;

    /// <summary>Bounds −log p(x) of every example of the set, dropout off.</summary>
    /// <param name="model">The model; its training mode is restored.</param>
    /// <param name="examples">Examples that the model has generated, x ~ p(x|z).</param>
    /// <param name="codes">The code z ~ p(z) that each was generated from; [examples, latent].</param>
    /// <param name="options">How the chains are run.</param>
    /// <param name="seed">Seed of the chains.</param>
    /// <param name="progress">Called with the number of examples processed.</param>
    /// <exception cref="UserException">There is no example.</exception>
    /// <exception cref="ArgumentException">There is not one code per example.</exception>
    public static BidirectionalNll Estimate<TBatch>(
        Vae<TBatch> model, IDataset<TBatch> examples, Tensor codes, AnnealingOptions options, ulong seed, Action<int>? progress = null)
        where TBatch : IBatch<TBatch>
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(codes);
        if (codes.dim() != 2 || codes.shape[0] != examples.Count || codes.shape[1] != model.LatentSize)
        {
            var shape = string.Join(", ", codes.shape);
            throw new ArgumentException($"The codes are [{shape}], not [{examples.Count}, {model.LatentSize}].", nameof(codes));
        }

        var (forward, reverse) = AnnealedRun.Of(model, examples, codes, options, seed, progress);
        return new BidirectionalNll(forward, reverse!);
    }
}

/// <summary>How chains of annealed importance sampling are run.</summary>
public sealed record AnnealingOptions
{
    /// <summary>Distributions after the first one, T: the estimate's error falls with 1/T.</summary>
    public int Steps { get; init => field = Require.AtLeast(1, value); } = 500;

    /// <summary>Chains per example.</summary>
    public int Chains { get; init => field = Require.AtLeast(1, value); } = 16;

    /// <summary>Leapfrog steps of a Hamiltonian transition.</summary>
    public int LeapfrogSteps { get; init => field = Require.AtLeast(1, value); } = 10;

    /// <summary>Share of proposals to accept, which the step size of each example and distribution is adapted to in a warm-up.</summary>
    public double Acceptance { get; init => field = Require.Within(0.1, 0.99, value); } = 0.65;

    /// <summary>Chains per example of the warm-up; their codes are thrown away.</summary>
    public int WarmUpChains { get; init => field = Require.AtLeast(1, value); } = 4;

    /// <summary>How unevenly the distributions are spread: δ of the sigmoidal schedule, which is dense at both ends.</summary>
    public double Sharpness { get; init => field = Require.Above(0, value); } = 4;

    /// <summary>The distribution the chains start from.</summary>
    public AnnealingStart Start { get; init; }

    /// <summary>The inverse temperatures β_0 = 0 … β_T = 1 (Grosse et al. 2015, section 6).</summary>
    // β̃_t = 1 / (1 + exp(−δ (2t/T − 1))),   β_t = (β̃_t − β̃_0) / (β̃_T − β̃_0)
    internal double[] Temperatures()
    {
        double Raw(int t) => 1 / (1 + Math.Exp(-Sharpness * (2.0 * t / Steps - 1)));
        return [.. Enumerable.Range(0, Steps + 1).Select(t => (Raw(t) - Raw(0)) / (Raw(Steps) - Raw(0)))];
    }
}

/// <summary>What chains of annealed importance sampling start from.</summary>
public enum AnnealingStart
{
    /// <summary>p(z): nothing of the encoder is in the estimate.</summary>
    Prior,

    /// <summary>q(z|x): fewer distributions suffice where the encoder is good.</summary>
    Posterior,
}

// Chains over a whole set.
internal static class AnnealedRun
{
    private const int RowsAtOnce = 2048;

    public static (AnnealedNll Forward, AnnealedNll? Reverse) Of<TBatch>(
        Vae<TBatch> model, IDataset<TBatch> examples, Tensor? codes, AnnealingOptions options, ulong seed, Action<int>? progress)
        where TBatch : IBatch<TBatch>
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(options);
        if (examples.Count == 0)
            throw new UserException("There is no example to estimate the likelihood of.");
        using var scope = NewDisposeScope();
        using var mode = new EvaluationMode(model);
        using var frozen = new FrozenWeights(model);
        using var generator = new Generator(seed);
        var (forward, reverse) = (new WeightSums[examples.Count], new WeightSums[examples.Count]);
        var (accepted, batches, tokens, done) = ((Forward: 0.0, Reverse: 0.0), 0, 0L, 0);
        var size = Math.Max(1, RowsAtOnce / Math.Max(options.Chains, options.WarmUpChains));
        foreach (var indices in new BatchSampler(examples, new BatchOptions { BatchSize = size, Shuffle = false }, seed).Epoch(0))
        {
            using var step = NewDisposeScope();
            var batch = examples.Batch(indices, model.Device);
            var start = codes?.index_select(0, torch.tensor(Array.ConvertAll(indices, index => (long)index), device: codes.device));
            var chains = new AnnealedChains<TBatch>(model, batch, options, generator);
            chains.WarmUp();
            accepted.Forward += chains.Forward(out var weights);
            Keep(weights, indices, forward);
            if (start is not null)
            {
                accepted.Reverse += chains.Reverse(start.to(chains.Type, model.Device), out weights);
                // In the reverse direction the mean of 1/w is unbiased for 1/p(x).
                Keep(-weights, indices, reverse);
            }

            (tokens, batches) = (tokens + batch.Tokens, batches + 1);
            progress?.Invoke(done += indices.Length);
        }

        return (
            Result(forward, -1, tokens, accepted.Forward / batches),
            codes is null ? null : Result(reverse, 1, tokens, accepted.Reverse / batches));
    }

    private static AnnealedNll Result(WeightSums[] sums, int sign, long tokens, double accepted) =>
        new([.. sums.Select(sum => sign * sum.LogMean)], tokens)
        {
            EffectiveChains = [.. sums.Select(sum => sum.EffectiveSamples)],
            MonteCarloErrors = [.. sums.Select(sum => sum.Error)],
            Acceptance = accepted,
        };

    /// <param name="logWeights">float64 [chains, batch].</param>
    private static void Keep(Tensor logWeights, int[] indices, WeightSums[] sums)
    {
        var chains = (int)logWeights.shape[0];
        var byExample = logWeights.t().contiguous().data<double>().ToArray();
        for (var row = 0; row < indices.Length; row++)
            sums[indices[row]] = WeightSums.Of(byExample.AsSpan(row * chains, chains), [chains]);
    }

    // Gradients in the codes are wanted and none in the weights.
    private readonly struct FrozenWeights : IDisposable
    {
        private readonly Tensor[] _weights;

        public FrozenWeights(nn.Module model)
        {
            _weights = [.. model.parameters().Where(parameter => parameter.requires_grad)];
            foreach (var weight in _weights)
                weight.requires_grad = false;
        }

        public void Dispose()
        {
            foreach (var weight in _weights)
                weight.requires_grad = true;
        }
    }
}
