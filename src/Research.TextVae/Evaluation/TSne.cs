using Research.TextVae.Models;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>
/// t-distributed stochastic neighbour embedding: places in the plane such that each example's neighbours are those it has among the
/// examples (van der Maaten and Hinton 2008). It is exact: an iteration takes time and memory in the square of the examples, so it
/// is meant for a few thousand. It starts from the two principal components (Kobak and Berens 2019), so it needs no seed.
/// </summary>
public sealed class TSne : IDisposable
{
    private const int Exaggerated = 250;
    private const double Exaggeration = 12;

    private readonly Tensor _affinities, _velocity, _gains, _points;
    private readonly double _rate;

    /// <param name="examples">[examples, features]; at least four.</param>
    /// <param name="perplexity">Neighbours of an example that count, smoothly; at most a third of the others.</param>
    /// <param name="iterations">Iterations until it is done.</param>
    /// <exception cref="UserException">There are fewer than four examples, or the perplexity is not above 1.</exception>
    public TSne(Tensor examples, double perplexity = 30, int iterations = 1000)
    {
        ArgumentNullException.ThrowIfNull(examples);
        Require.AtLeast(4, examples.shape[0], "The number of examples of t-SNE");
        Require.Above(1, perplexity);
        Iterations = Require.AtLeast(1, iterations);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var x = examples.cpu().to_type(ScalarType.Float32);
        _affinities = Affinities(x, Math.Min(perplexity, (x.shape[0] - 1) / 3.0)).MoveToOuterDisposeScope().DetachFromDisposeScope();
        _points = Start(x).DetachFromDisposeScope();
        (_velocity, _gains) = (zeros_like(_points).DetachFromDisposeScope(), ones_like(_points).DetachFromDisposeScope());
        // Belkina et al. 2019
        _rate = Math.Max(x.shape[0] / Exaggeration, 50);
    }

    /// <summary>Iterations made.</summary>
    public int Iteration { get; private set; }

    /// <summary>Iterations until it is done.</summary>
    public int Iterations { get; }

    /// <summary>The places so far; [examples, 2].</summary>
    public Tensor Points => _points.clone();

    /// <summary>KL(P ‖ Q) of the neighbourhoods of the examples and of the places, in nats.</summary>
    public double Divergence
    {
        get
        {
            using var scope = NewDisposeScope();
            return Compare(_affinities, _points).Divergence.item<float>();
        }
    }

    /// <summary>The places of examples, [examples, 2].</summary>
    /// <inheritdoc cref="TSne(Tensor, double, int)"/>
    public static Tensor Embed(Tensor examples, double perplexity = 30, int iterations = 1000)
    {
        using var map = new TSne(examples, perplexity, iterations);
        while (map.Step())
            HostInterruption.Check();
        return map.Points;
    }

    /// <summary>Makes one iteration.</summary>
    /// <returns>Whether there are more to make.</returns>
    // y ← y + v,   v ← m v − η g ⊙ ∂KL/∂y; gains g grow where the direction lasts (van der Maaten and Hinton 2008, section 3.4)
    public bool Step()
    {
        if (Iteration >= Iterations)
            return false;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var early = Iteration < Math.Min(Exaggerated, Iterations / 3);
        var gradient = Compare(early ? _affinities * Exaggeration : _affinities, _points).Gradient;
        _gains.copy_(where(gradient.sign().eq(_velocity.sign()), _gains * 0.8, _gains + 0.2).clamp_min(0.01));
        _velocity.mul_(early ? 0.5 : 0.8).sub_(_rate * _gains * gradient);
        _points.add_(_velocity).sub_(_points.mean([0L], keepdim: true));
        return ++Iteration < Iterations;
    }

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        foreach (var tensor in new[] { _affinities, _velocity, _gains, _points })
            tensor.Dispose();
    }

    /// <summary>Symmetric probabilities that two examples are neighbours; [examples, examples], their sum is 1.</summary>
    // p_{j|i} = exp(−β_i ‖x_i − x_j‖²) / Σ_{k≠i} exp(−β_i ‖x_i − x_k‖²),   p_ij = (p_{j|i} + p_{i|j}) / 2n
    internal static Tensor Affinities(Tensor x, double perplexity)
    {
        var conditional = Conditional(x, perplexity);
        return (conditional + conditional.t()) / (2.0 * x.shape[0]);
    }

    /// <summary>p_{j|i}; each row's entropy is the logarithm of the perplexity, by bisection of log β.</summary>
    internal static Tensor Conditional(Tensor x, double perplexity)
    {
        var squares = SquaredDistances(x);
        squares /= squares.mean().clamp_min(1e-20);
        var itself = eye(x.shape[0], dtype: ScalarType.Bool);
        var (low, high) = (full([x.shape[0], 1], -20f), full([x.shape[0], 1], 20f));
        for (var halving = 0; ; halving++)
        {
            var middle = (low + high) / 2;
            var logits = (-middle.exp() * squares).masked_fill(itself, double.NegativeInfinity);
            var p = logits.softmax(1);
            if (halving == 30)
                return p;
            // H = log Z + β Σ_j p_j d_j
            var entropy = logits.logsumexp(1, keepdim: true) + middle.exp() * (p * squares).sum(1, keepdim: true);
            var isWide = entropy.gt(Math.Log(perplexity));
            (low, high) = (where(isWide, middle, low), where(isWide, high, middle));
        }
    }

    /// <summary>KL(P ‖ Q) and its gradient with respect to the places.</summary>
    /// <param name="p">[examples, examples]; the gradient also holds where its sum is not 1.</param>
    /// <param name="y">[examples, 2].</param>
    // q_ij = t_ij / Σ t,   t_ij = 1 / (1 + ‖y_i − y_j‖²),   ∂KL/∂y_i = 4 Σ_j (p_ij − q_ij) t_ij (y_i − y_j)
    internal static (Tensor Divergence, Tensor Gradient) Compare(Tensor p, Tensor y)
    {
        var t = (SquaredDistances(y) + 1).reciprocal();
        t.diagonal().zero_();
        var q = t / t.sum();
        var weights = (p - q) * t;
        var gradient = 4 * (weights.sum(1, keepdim: true) * y - weights.matmul(y));
        return ((p * (p.clamp_min(1e-12) / q.clamp_min(1e-12)).log()).sum(), gradient);
    }

    private static Tensor SquaredDistances(Tensor x)
    {
        if (x.shape[1] > 2)
            return cdist(x, x).pow(2);
        // Without the cancellation of cdist's matrix product.
        return x.unbind(1).Select(coordinate => (coordinate.unsqueeze(1) - coordinate.unsqueeze(0)).pow(2)).Aggregate((a, b) => a + b);
    }

    // The first two components, the first with a standard deviation of 1e-4.
    private static Tensor Start(Tensor x)
    {
        var components = Pca.Fit(x, (int)Math.Min(2, x.shape[1])).Encode(x);
        if (components.shape[1] == 1)
            components = cat([components, arange(x.shape[0]).unsqueeze(1) * 1e-3f], 1);
        return components * (1e-4 / components.select(1, 0).std().clamp_min(1e-20));
    }
}
