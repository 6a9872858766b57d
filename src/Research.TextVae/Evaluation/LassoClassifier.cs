using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>Multinomial logistic regression whose weights cost their absolute value, so that dimensions that are not needed get
/// none.</summary>
/// <param name="Importance">Σ_c |w_cd| of each dimension.</param>
/// <param name="Accuracy">Share of codes classified correctly that neither trained nor chose it.</param>
internal sealed record LassoClassifier(double[] Importance, double Accuracy)
{
    private const int Steps = 200;

    /// <summary>The classifier whose penalty gives the least cross-entropy on the fourth fifth of the codes; the first three train it, the
    /// last one judges it.</summary>
    /// <param name="codes">float64 [codes, latent], each dimension with a mean of 0 and a variance of 1.</param>
    /// <param name="classes">The class of each, from 0.</param>
    /// <param name="order">The places of the codes in a random order.</param>
    /// <param name="penalties">λ, in descending order: each training begins where the last one ended.</param>
    public static LassoClassifier Choose(Tensor codes, IReadOnlyList<int> classes, long[] order, IReadOnlyList<double> penalties)
    {
        var labels = tensor(classes.Select(c => (long)c).ToArray());
        var (train, choose) = (order.Length * 3 / 5, order.Length * 4 / 5);
        (Tensor X, Tensor Y) Part(int from, int until) =>
            (codes.index_select(0, tensor(order[from..until])), labels.index_select(0, tensor(order[from..until])));
        var (x, y) = Part(0, train);
        var (chooseX, chooseY) = Part(train, choose);
        var (testX, testY) = Part(choose, order.Length);
        var weights = zeros([codes.shape[1] + 1, classes.Max() + 1], ScalarType.Float64);
        var best = (Loss: double.PositiveInfinity, Weights: weights);
        foreach (var penalty in penalties)
        {
            weights = Fit(x, y, weights, penalty);
            var loss = nn.functional.cross_entropy(Logits(chooseX, weights), chooseY).ToDouble();
            if (loss < best.Loss)
                best = (loss, weights);
        }

        var importance = best.Weights.narrow(0, 0, codes.shape[1]).abs().sum(1).data<double>().ToArray();
        var hits = Logits(testX, best.Weights).argmax(1).eq(testY).to_type(ScalarType.Float64);
        return new LassoClassifier(importance, hits.mean().ToDouble());
    }

    /// <summary>The weights of the least penalised loss, the last row the bias, which costs nothing; [latent + 1, classes].</summary>
    // min_W −(1/n) Σ_i log softmax(W x_i)_{y_i} + λ Σ_{d,c} |w_dc| by proximal gradients with momentum (FISTA, Beck and Teboulle 2009)
    public static Tensor Fit(Tensor x, Tensor y, Tensor start, double penalty, int steps = Steps)
    {
        var (count, latent) = (x.shape[0], x.shape[1]);
        var input = cat([x, ones([count, 1], ScalarType.Float64)], 1);
        var truth = nn.functional.one_hot(y, start.shape[1]).to_type(ScalarType.Float64);
        // The softmax's curvature is at most ½.
        var rate = 2 / linalg.eigvalsh(input.t().matmul(input) / count).max().ToDouble();
        var threshold = cat([full([latent, 1], rate * penalty, ScalarType.Float64), zeros([1, 1], ScalarType.Float64)], 0);
        var (weights, ahead, momentum) = (start, start, 1.0);
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            var moved = ahead - input.t().matmul(input.matmul(ahead).softmax(1) - truth) * (rate / count);
            var next = moved.sign() * (moved.abs() - threshold).clamp_min(0);
            var speed = (1 + Math.Sqrt(1 + 4 * momentum * momentum)) / 2;
            ahead = (next + (next - weights) * ((momentum - 1) / speed)).MoveToOuterDisposeScope();
            (weights, momentum) = (next.MoveToOuterDisposeScope(), speed);
        }

        return weights;
    }

    private static Tensor Logits(Tensor x, Tensor weights) =>
        x.matmul(weights.narrow(0, 0, x.shape[1])) + weights.narrow(0, x.shape[1], 1);
}
