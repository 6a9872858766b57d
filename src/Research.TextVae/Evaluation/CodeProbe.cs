using Research.TextVae.Support;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>
/// How well a classifier tells an attribute from whole codes (a probe, Alain and Bengio 2017): what no single dimension tells may still be
/// in the code. Every code is judged by a probe that has not seen it.
/// </summary>
/// <param name="Accuracy">Share of the codes whose class the probe finds.</param>
/// <param name="Majority">Share of the commonest class: the accuracy without a code.</param>
/// <param name="Information">H(c) less the probe's cross-entropy, in nats: a lower bound on I(z; c) (Barber and Agakov 2003), below 0 where
/// the probe is worse than the frequencies of the classes.</param>
/// <param name="StandardError">Standard error of the accuracy over the codes.</param>
public sealed record CodeProbe(double Accuracy, double Majority, double Information, double StandardError)
{
    /// <summary>
    /// Cross-validates a probe: the codes are dealt into folds, and each fold is judged by a probe that is trained on the others but one,
    /// by which its training is stopped.
    /// </summary>
    /// <param name="codes">[sentences, latent].</param>
    /// <param name="classes">The attribute of each sentence, from 0.</param>
    /// <param name="options">The probe.</param>
    /// <param name="seed">Seed of the folds and of the weights.</param>
    /// <exception cref="UserException">There are fewer codes than folds.</exception>
    public static CodeProbe CrossValidate(Tensor codes, IReadOnlyList<int> classes, ProbeOptions options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(options);
        if (classes.Count < options.Folds)
            throw new UserException($"{classes.Count} codes cannot be dealt into {options.Folds} folds; take more sentences.");
        using var scope = NewDisposeScope();
        using var random = get_rng_state();
        manual_seed(unchecked((long)seed));
        var order = Enumerable.Range(0, classes.Count).ToArray();
        new StableRandom(seed).Shuffle<int>(order);
        var labels = tensor(classes.Select(c => (long)c).ToArray());
        Tensor Fold(Func<int, bool> taken) =>
            tensor(order.Where((_, place) => taken(place % options.Folds)).Select(row => (long)row).ToArray());
        var (hits, nats) = (0.0, 0.0);
        for (var fold = 0; fold < options.Folds; fold++)
        {
            HostInterruption.Check();
            var stop = (fold + 1) % options.Folds;
            var (train, stopping, test) = (Fold(f => f != fold && f != stop), Fold(f => f == stop), Fold(f => f == fold));
            using var part = NewDisposeScope();
            var logits = Train(codes.to_type(ScalarType.Float32), labels, train, stopping, options).index_select(0, test);
            var truth = labels.index_select(0, test);
            hits += logits.argmax(1).eq(truth).sum().ToDouble();
            nats += nn.functional.cross_entropy(logits, truth, reduction: nn.Reduction.Sum).ToDouble();
        }

        set_rng_state(random);
        var accuracy = hits / classes.Count;
        var majority = classes.GroupBy(c => c).Max(group => group.Count()) / (double)classes.Count;
        var information = Statistics.Entropy([.. classes]) - nats / classes.Count;
        return new CodeProbe(accuracy, majority, information, Math.Sqrt(accuracy * (1 - accuracy) / classes.Count));
    }

    // Logits of all codes by the weights that are best on the codes that stop the training; [sentences, classes].
    private static Tensor Train(Tensor codes, Tensor labels, Tensor train, Tensor stopping, ProbeOptions options)
    {
        var seen = codes.index_select(0, train);
        var scaled = (codes - seen.mean([0L])) / seen.std(0L, unbiased: false).clamp_min(1e-6);
        using var probe = options.Build(codes.shape[1], labels.max().item<long>() + 1);
        using var optimizer = optim.Adam(probe.parameters(), options.LearningRate);
        var (inputs, targets) = (scaled.index_select(0, train), labels.index_select(0, train));
        var (best, least) = (probe.call(scaled).detach(), double.PositiveInfinity);
        for (var step = 1; step <= options.Steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.cross_entropy(probe.call(inputs), targets).backward();
            optimizer.step();
            if (step % options.CheckEvery != 0)
                continue;
            using var _ = no_grad();
            var logits = probe.call(scaled);
            var loss = nn.functional.cross_entropy(logits.index_select(0, stopping), labels.index_select(0, stopping)).ToDouble();
            if (loss < least)
                (best, least) = (logits.MoveToOuterDisposeScope(), loss);
        }

        return best;
    }
}

/// <summary>A probe of codes, and how it is trained and judged.</summary>
public sealed record ProbeOptions
{
    /// <summary>Multinomial logistic regression.</summary>
    public static ProbeOptions Linear { get; } = new();

    /// <summary>A perceptron with a hidden layer of 64.</summary>
    public static ProbeOptions Mlp { get; } = new() { HiddenSize = 64, LearningRate = 5e-3 };

    /// <summary>Width of a hidden layer of rectified units; none when 0.</summary>
    public int HiddenSize { get; init => field = Require.AtLeast(0, value); }

    /// <summary>Parts that the codes are dealt into.</summary>
    public int Folds { get; init => field = Require.AtLeast(3, value); } = 5;

    /// <summary>Steps of Adam, each on all codes to train on.</summary>
    public int Steps { get; init => field = Require.AtLeast(1, value); } = 200;

    /// <summary>Steps between two looks at the codes that stop the training.</summary>
    public int CheckEvery { get; init => field = Require.AtLeast(1, value); } = 5;

    /// <summary>Step size of Adam.</summary>
    public double LearningRate { get; init => field = Require.Above(0, value); } = 0.03;

    internal Sequential Build(long inputs, long classes) => HiddenSize == 0
        ? nn.Sequential(nn.Linear(inputs, classes))
        : nn.Sequential(nn.Linear(inputs, HiddenSize), nn.ReLU(), nn.Linear(HiddenSize, classes));
}
