using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>
/// Annealed importance sampling with Hamiltonian transitions (Neal 2001; Wu et al. 2017): a reference estimate of −log p(x) that needs no
/// encoder. Chains go from the prior to the posterior p(z|x) through intermediate distributions, and their weights average to p(x).
/// In the mean the estimate lies above the true value.
/// </summary>
/// <param name="PerSentence">The estimate for each example, in nats, in the set's order.</param>
/// <param name="Tokens">Predicted tokens of all examples.</param>
public sealed record AnnealedNll(IReadOnlyList<double> PerSentence, long Tokens)
{
    /// <summary>Effective number of chains of each example, 1 / Σ w̄² over their normalised weights.</summary>
    public IReadOnlyList<double> EffectiveChains { get; init; } = [];

    /// <summary>Standard error of each example's estimate by the noise of its chains, by the delta method, in nats. Chains in the reverse
    /// direction begin at one code, so that what they have in common is not in it.</summary>
    public IReadOnlyList<double> MonteCarloErrors { get; init; } = [];

    /// <summary>Share of the Hamiltonian proposals that were accepted.</summary>
    public double Acceptance { get; init; }

    /// <summary>Nats per example.</summary>
    public double Mean => PerSentence.Average();

    /// <summary>Standard error of <see cref="Mean"/> over examples and chains.</summary>
    public double StandardError => Statistics.StandardError(PerSentence);

    /// <summary>Standard error of <see cref="Mean"/> for these very examples, by the noise of the chains alone.</summary>
    public double MonteCarloError => Math.Sqrt(MonteCarloErrors.Sum(error => error * error)) / PerSentence.Count;

    /// <summary>exp(Σ NLL / Σ predicted tokens).</summary>
    public double Perplexity => Math.Exp(PerSentence.Sum() / Tokens);

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
        private readonly Tensor[] weights;

        public FrozenWeights(nn.Module model)
        {
            weights = [.. model.parameters().Where(parameter => parameter.requires_grad)];
            foreach (var weight in weights)
                weight.requires_grad = false;
        }

        public void Dispose()
        {
            foreach (var weight in weights)
                weight.requires_grad = true;
        }
    }
}

/// <summary>Chains of annealed importance sampling for the examples of a batch.</summary>
/// <param name="model">The model, dropout off.</param>
/// <param name="batch">The examples.</param>
/// <param name="options">How the chains are run.</param>
/// <param name="generator">Of starts, momenta and acceptances.</param>
// Between the start s(z) and the joint density: log f_β(z) = log s(z) + β d(z),   d(z) = log p(z) + log p(x|z) − log s(z).
// A chain's weight is Π_t f_{β_t}(z_{t−1}) / f_{β_{t−1}}(z_{t−1}), so that log w = Σ_t (β_t − β_{t−1}) d(z_{t−1}) (Neal 2001, equation 4).
internal sealed class AnnealedChains<TBatch>(Vae<TBatch> model, TBatch batch, AnnealingOptions options, Generator generator)
    where TBatch : IBatch<TBatch>
{
    private const double FirstStepSize = 0.3;
    private const double AdaptationRate = 0.2;
    private const int BurnIn = 30; // transitions at the start, until the step size fits it
    private const double LeastJitter = 0.8; // the step size varies by this, lest a trajectory comes back to where it began
    private const double MostJitter = 1.2;

    private readonly DiagonalGaussian prior = PriorOf(model, batch);
    private readonly DiagonalGaussian start =
        options.Start == AnnealingStart.Posterior ? model.Encode(batch) : PriorOf(model, batch);

    private readonly double[] temperatures = options.Temperatures();
    private readonly List<Tensor> stepSizes = []; // of β_1 … β_{T−1}; each [batch]

    /// <summary>Type of the codes.</summary>
    public ScalarType Type => start.Mean.dtype;

    /// <summary>Adapts the step size of each distribution and example.</summary>
    // log ε ← log ε + κ (acceptance − wanted), from each distribution to the next
    public void WarmUp()
    {
        using var scope = NewDisposeScope();
        var tiled = batch.Tile(options.WarmUpChains);
        var size = full([batch.Size], FirstStepSize / Math.Pow(model.LatentSize, 0.25), dtype: Type, device: model.Device);
        var state = At(tiled, start.Sample(Normal(options.WarmUpChains)));
        for (var t = 1 - BurnIn; t < options.Steps; t++)
        {
            using var step = NewDisposeScope();
            state = Transition(tiled, state, temperatures[Math.Max(0, t)], size, out var acceptance);
            size = (size * ((acceptance.mean([0L]) - options.Acceptance) * AdaptationRate).exp()).MoveToOuterDisposeScope();
            if (t > 0)
                stepSizes.Add(size);
        }

        stepSizes.ForEach(kept => kept.MoveToOuterDisposeScope());
    }

    /// <summary>Chains from the start to the joint density.</summary>
    /// <param name="logWeights">float64 [chains, batch] on the CPU.</param>
    /// <returns>Share of proposals that were accepted.</returns>
    public double Forward(out Tensor logWeights) =>
        Run(start.Sample(Normal(options.Chains)), Enumerable.Range(1, options.Steps), moveAt: 0, out logWeights);

    /// <summary>Chains from exact draws from p(z|x) back to the start.</summary>
    /// <param name="codes">One per example; [batch, latent].</param>
    /// <param name="logWeights">float64 [chains, batch] on the CPU.</param>
    /// <returns>Share of proposals that were accepted.</returns>
    public double Reverse(Tensor codes, out Tensor logWeights) => Run(
        codes.unsqueeze(0).repeat(options.Chains, 1, 1), Enumerable.Range(1, options.Steps).Reverse(), moveAt: -1, out logWeights);

    // After the increment from β_{t−1} to β_t the forward chain moves at β_t, the reverse one at β_{t−1}.
    private double Run(Tensor codes, IEnumerable<int> order, int moveAt, out Tensor logWeights)
    {
        using var scope = NewDisposeScope();
        var tiled = batch.Tile(options.Chains);
        var state = At(tiled, codes);
        var (sum, accepted) = (zeros([options.Chains, batch.Size], ScalarType.Float64, model.Device), 0.0);
        foreach (var t in order)
        {
            HostInterruption.Check();
            using var step = NewDisposeScope();
            sum.add_(state.LogRatio * (temperatures[t] - temperatures[t - 1]));
            if (t + moveAt is var at && at > 0 && at < options.Steps)
            {
                state = Transition(tiled, state, temperatures[at], stepSizes[at - 1], out var acceptance);
                accepted += acceptance.to_type(ScalarType.Float64).mean().item<double>();
            }
        }

        logWeights = sum.cpu().MoveToOuterDisposeScope();
        return options.Steps > 1 ? accepted / (options.Steps - 1) : 1;
    }

    /// <summary>
    /// A Hamiltonian transition that leaves f_β as it is (Neal 2011, section 5.3.2), with the deviations of the start as units of length.
    /// </summary>
    /// <param name="tiled">The examples once per chain.</param>
    /// <param name="from">Where the chains are; it is disposed.</param>
    /// <param name="temperature">β.</param>
    /// <param name="size">ε of each example; [batch].</param>
    /// <param name="acceptance">min(1, exp(−ΔH)) of each chain; [chains, batch].</param>
    private Position Transition(TBatch tiled, Position from, double temperature, Tensor size, out Tensor acceptance)
    {
        using var scope = NewDisposeScope();
        var jitter = rand([1], ScalarType.Float64, generator: generator).item<double>();
        var factor = LeastJitter + (MostJitter - LeastJitter) * jitter;
        var step = size.unsqueeze(1) * (start.LogVariance * 0.5).exp() * factor; // [batch, latent]
        var momentum = Normal((int)from.Z.shape[0]);
        var kinetic = momentum.pow(2).sum(-1) * 0.5; // [chains, batch]
        var to = from;
        for (var leap = 0; leap < options.LeapfrogSteps; leap++)
        {
            momentum = momentum + step * to.Gradient(temperature) * 0.5;
            to = At(tiled, to.Z + step * momentum);
            momentum = momentum + step * to.Gradient(temperature) * 0.5;
        }

        var gain = to.LogDensity(temperature) - from.LogDensity(temperature) + (kinetic - momentum.pow(2).sum(-1) * 0.5); // −ΔH
        gain = gain.nan_to_num(double.NegativeInfinity).clamp_max(0);
        acceptance = gain.exp().to_type(Type).MoveToOuterDisposeScope();
        var taken = rand(gain.shape, ScalarType.Float64, generator: generator).to(model.Device).lt(gain.exp());
        var result = to.Where(taken, from);
        from.Dispose();
        return result.MoveTwiceOut();
    }

    /// <summary>What is needed of codes z; [chains, batch, latent].</summary>
    private Position At(TBatch tiled, Tensor z)
    {
        using var gradients = enable_grad();
        var codes = z.detach();
        codes.requires_grad = true;
        var losses = model.NegativeLogLikelihood(tiled, codes.flatten(0, 1));
        // Kernels prepare gradients for the mean over the rows.
        var slope = autograd.grad([losses.Total / tiled.Size], [codes])[0] * -tiled.Size; // of log p(x|z)
        codes.requires_grad = false;
        var likelihood = losses.PerSentence().view(z.shape[0], z.shape[1]).to_type(ScalarType.Float64) * -1;
        var begin = LogDensity(start, codes);
        var beginSlope = Slope(start, codes);
        return options.Start == AnnealingStart.Prior
            ? new Position(codes, begin, likelihood, beginSlope, slope)
            : new Position(
                codes, begin, likelihood + LogDensity(prior, codes) - begin, beginSlope, slope + Slope(prior, codes) - beginSlope);
    }

    private static Tensor LogDensity(DiagonalGaussian gaussian, Tensor z) => gaussian.LogDensity(z).to_type(ScalarType.Float64);

    // ∂/∂z log N(z; μ, σ²) = −(z − μ) / σ²
    private static Tensor Slope(DiagonalGaussian gaussian, Tensor z) => (gaussian.Mean - z) / gaussian.LogVariance.exp();

    private Tensor Normal(int chains) =>
        randn([chains, batch.Size, model.LatentSize], generator: generator).to(Type, model.Device);

    private static DiagonalGaussian PriorOf(Vae<TBatch> model, TBatch batch)
    {
        if (model.Prior(batch) is { } conditional)
            return conditional;
        var nothing = zeros([batch.Size, model.LatentSize], model.parameters().First().dtype, model.Device);
        return new DiagonalGaussian(nothing, nothing);
    }

    // Codes with the two parts of log f_β(z) = log s(z) + β d(z) and their slopes.
    private sealed record Position(Tensor Z, Tensor LogStart, Tensor LogRatio, Tensor StartSlope, Tensor RatioSlope) : IDisposable
    {
        private IEnumerable<Tensor> Tensors => [Z, LogStart, LogRatio, StartSlope, RatioSlope];

        public Tensor LogDensity(double temperature) => LogStart + LogRatio * temperature;

        public Tensor Gradient(double temperature) => StartSlope + RatioSlope * temperature;

        /// <summary>This one where a condition holds, and another elsewhere.</summary>
        /// <param name="condition">[chains, batch].</param>
        public Position Where(Tensor condition, Position other)
        {
            var rows = condition.unsqueeze(2);
            return new Position(
                Z.where(rows, other.Z), LogStart.where(condition, other.LogStart), LogRatio.where(condition, other.LogRatio),
                StartSlope.where(rows, other.StartSlope), RatioSlope.where(rows, other.RatioSlope));
        }

        /// <summary>Out of the transition's scope and that of the step which made it.</summary>
        public Position MoveTwiceOut()
        {
            foreach (var tensor in Tensors)
                tensor.MoveToOuterDisposeScope().MoveToOuterDisposeScope();
            return this;
        }

        public void Dispose()
        {
            foreach (var tensor in Tensors)
                tensor.Dispose();
        }
    }
}
