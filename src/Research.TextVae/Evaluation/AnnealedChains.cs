using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

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

    private readonly DiagonalGaussian _prior = PriorOf(model, batch);
    private readonly DiagonalGaussian _start =
        options.Start == AnnealingStart.Posterior ? model.Encode(batch) : PriorOf(model, batch);

    private readonly double[] _temperatures = options.Temperatures();
    private readonly List<Tensor> _stepSizes = []; // of β_1 … β_{T−1}; each [batch]

    /// <summary>Type of the codes.</summary>
    public ScalarType Type => _start.Mean.dtype;

    /// <summary>Adapts the step size of each distribution and example.</summary>
    // log ε ← log ε + κ (acceptance − wanted), from each distribution to the next
    public void WarmUp()
    {
        using var scope = NewDisposeScope();
        var tiled = batch.Tile(options.WarmUpChains);
        var size = full([batch.Size], FirstStepSize / Math.Pow(model.LatentSize, 0.25), dtype: Type, device: model.Device);
        var state = At(tiled, _start.Sample(Normal(options.WarmUpChains)));
        for (var t = 1 - BurnIn; t < options.Steps; t++)
        {
            using var step = NewDisposeScope();
            state = Transition(tiled, state, _temperatures[Math.Max(0, t)], size, out var acceptance);
            size = (size * ((acceptance.mean([0L]) - options.Acceptance) * AdaptationRate).exp()).MoveToOuterDisposeScope();
            if (t > 0)
                _stepSizes.Add(size);
        }

        _stepSizes.ForEach(kept => kept.MoveToOuterDisposeScope());
    }

    /// <summary>Chains from the start to the joint density.</summary>
    /// <param name="logWeights">float64 [chains, batch] on the CPU.</param>
    /// <returns>Share of proposals that were accepted.</returns>
    public double Forward(out Tensor logWeights) =>
        Run(_start.Sample(Normal(options.Chains)), Enumerable.Range(1, options.Steps), moveAt: 0, out logWeights);

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
            sum.add_(state.LogRatio * (_temperatures[t] - _temperatures[t - 1]));
            if (t + moveAt is var at && at > 0 && at < options.Steps)
            {
                state = Transition(tiled, state, _temperatures[at], _stepSizes[at - 1], out var acceptance);
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
        var step = size.unsqueeze(1) * (_start.LogVariance * 0.5).exp() * factor; // [batch, latent]
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
        var begin = LogDensity(_start, codes);
        var beginSlope = Slope(_start, codes);
        return options.Start == AnnealingStart.Prior
            ? new Position(codes, begin, likelihood, beginSlope, slope)
            : new Position(
                codes, begin, likelihood + LogDensity(_prior, codes) - begin, beginSlope, slope + Slope(_prior, codes) - beginSlope);
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
