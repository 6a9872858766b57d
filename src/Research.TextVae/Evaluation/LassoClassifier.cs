using Research.TextVae.Support;

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
    /// <param name="codes">[codes][latent], each dimension with a mean of 0 and a variance of 1.</param>
    /// <param name="classes">The class of each, from 0.</param>
    /// <param name="order">The places of the codes in a random order.</param>
    /// <param name="penalties">λ, in descending order: each training begins where the last one ended.</param>
    public static LassoClassifier Choose(double[][] codes, IReadOnlyList<int> classes, int[] order, IReadOnlyList<double> penalties)
    {
        var (train, choose) = (order.Length * 3 / 5, order.Length * 4 / 5);
        double[][] X(Range part) => [.. order[part].Select(row => codes[row])];
        int[] Y(Range part) => [.. order[part].Select(row => classes[row])];
        var weights = Zeros(codes[0].Length + 1, classes.Max() + 1);
        var best = (Loss: double.PositiveInfinity, Weights: weights);
        foreach (var penalty in penalties)
        {
            HostInterruption.Check();
            weights = Fit(X(..train), Y(..train), weights, penalty);
            var loss = X(train..choose).Zip(Y(train..choose), (x, y) => -Math.Log(Probabilities(x, weights)[y])).Average();
            if (loss < best.Loss)
                best = (loss, weights);
        }

        var hits = X(choose..).Zip(Y(choose..), (x, y) => Probabilities(x, best.Weights) is var p && p[y] == p.Max() ? 1.0 : 0);
        return new LassoClassifier([.. best.Weights[..^1].Select(row => row.Sum(Math.Abs))], hits.Average());
    }

    /// <summary>The weights of the least penalised loss, [latent + 1][classes], the last row the bias, which costs nothing.</summary>
    // min_W −(1/n) Σ_i log softmax(W x_i)_{y_i} + λ Σ_{d,c} |w_dc| by proximal gradients with momentum (FISTA, Beck and Teboulle 2009)
    public static double[][] Fit(double[][] x, int[] y, double[][] start, double penalty, int steps = Steps)
    {
        // The softmax's curvature is at most ½, and the largest eigenvalue of the codes' second moments at most their greatest row sum.
        var rate = 2 / Curvature(x);
        var (weights, ahead, momentum) = (start, start, 1.0);
        for (var step = 0; step < steps; step++)
        {
            var gradient = Gradient(x, y, ahead);
            double Next(int d, int c)
            {
                var moved = ahead[d][c] - rate * gradient[d][c];
                return d == gradient.Length - 1 ? moved : Math.Sign(moved) * Math.Max(0, Math.Abs(moved) - rate * penalty);
            }

            double[][] next = [.. ahead.Select((row, d) => row.Select((_, c) => Next(d, c)).ToArray())];
            var speed = (1 + Math.Sqrt(1 + 4 * momentum * momentum)) / 2;
            var push = (momentum - 1) / speed;
            ahead = [.. next.Zip(weights, (now, before) => now.Zip(before, (a, b) => a + push * (a - b)).ToArray())];
            (weights, momentum) = (next, speed);
        }

        return weights;
    }

    /// <summary>The gradient of the loss without the penalty; [latent + 1][classes].</summary>
    // (1/n) Σ_i (p_ic − [c = y_i]) x_id
    internal static double[][] Gradient(double[][] x, int[] y, double[][] weights)
    {
        var gradient = Zeros(weights.Length, weights[0].Length);
        for (var i = 0; i < x.Length; i++)
        {
            var errors = Probabilities(x[i], weights);
            errors[y[i]]--;
            for (var d = 0; d < weights.Length; d++)
                for (var c = 0; c < errors.Length; c++)
                    gradient[d][c] += errors[c] * (d < x[i].Length ? x[i][d] : 1) / x.Length;
        }

        return gradient;
    }

    private static double[] Probabilities(double[] x, double[][] weights)
    {
        var scores = weights[^1].ToArray();
        for (var d = 0; d < x.Length; d++)
            for (var c = 0; c < scores.Length; c++)
                scores[c] += x[d] * weights[d][c];
        var (most, sum) = (scores.Max(), 0.0);
        for (var c = 0; c < scores.Length; c++)
            sum += scores[c] = Math.Exp(scores[c] - most);
        for (var c = 0; c < scores.Length; c++)
            scores[c] /= sum;
        return scores;
    }

    // The largest absolute row sum of (1/n) Σ_i x_i x_iᵀ with a last dimension of 1.
    private static double Curvature(double[][] x)
    {
        var size = x[0].Length + 1;
        var moments = Zeros(size, size);
        foreach (var row in x)
            for (var d = 0; d < size; d++)
                for (var e = 0; e < size; e++)
                    moments[d][e] += (d < row.Length ? row[d] : 1) * (e < row.Length ? row[e] : 1) / x.Length;
        return moments.Max(row => row.Sum(Math.Abs));
    }

    private static double[][] Zeros(int rows, int columns) => [.. Enumerable.Range(0, rows).Select(_ => new double[columns])];
}
