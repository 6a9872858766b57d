using System.Text.Json.Serialization;
using Research.TextVae.Kernels;
using Research.TextVae.Support;

namespace Research.TextVae.Training;

/// <summary>How a model is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training sentences, at most.</summary>
    public int Epochs { get; init => field = Require.AtLeast(1, value); } = 20;

    /// <summary>Sentences in a batch.</summary>
    public int BatchSize { get; init => field = Require.AtLeast(1, value); } = 32;

    /// <summary>Most tokens in a batch, padding included; no limit when absent.</summary>
    public int? MaxTokensPerBatch { get; init => field = value is null ? null : Require.AtLeast(1, value.Value); }

    /// <summary>What turns gradients into steps.</summary>
    public OptimizerKind Optimizer { get; init; }

    /// <summary>The optimizer's step size at the start.</summary>
    public double LearningRate { get; init => field = Require.Above(0, value); } = 1e-3;

    /// <summary>Steps over which the learning rate rises linearly from 0, as Transformers need (Vaswani et al. 2017, section
    /// 5.3).</summary>
    public int WarmupSteps { get; init => field = Require.AtLeast(0, value); }

    /// <summary>What matrix products are computed in; weights stay float32.</summary>
    public Precision Precision { get; init; }

    /// <summary>The gradient's largest Euclidean norm over all parameters; longer ones are scaled down to it.</summary>
    public double MaxGradientNorm { get; init => field = Require.Above(0, value); } = 5;

    /// <summary>Epochs without a better validation loss after which the learning rate is multiplied by
    /// <see cref="LearningRateFactor"/>; those in which a schedule still rises do not count.</summary>
    public int LearningRatePatience { get; init => field = Require.AtLeast(1, value); } = 1;

    /// <summary>Factor of the learning rate after <see cref="LearningRatePatience"/> bad epochs.</summary>
    public double LearningRateFactor { get; init => field = Require.Within(0.0, 1.0, value); } = 0.5;

    /// <summary>Epochs without a better validation loss after which training stops; those in which a schedule still rises do not
    /// count.</summary>
    public int EarlyStoppingPatience { get; init => field = Require.AtLeast(1, value); } = 5;

    /// <summary>Aggressive training of the encoder; none when absent.</summary>
    public AggressiveTraining? Aggressive { get; init; }

    /// <summary>Steps between two records of the training loss.</summary>
    public int LogEvery { get; init => field = Require.AtLeast(1, value); } = 20;

    /// <summary>Steps between two checkpoints inside an epoch; one is written at the end of each epoch anyway.</summary>
    public int CheckpointEvery { get; init => field = Require.AtLeast(1, value); } = 2000;
}

/// <summary>What turns the gradients of a step into new weights.</summary>
public enum OptimizerKind
{
    /// <summary>Adam (Kingma and Ba 2015).</summary>
    Adam,

    /// <summary>Stochastic gradient descent without momentum, as much of the literature on collapse trains (He et al. 2019: rate 1, norm
    /// clipped at 5).</summary>
    Sgd,
}

/// <summary>
/// Encoder steps until it has caught up with the decoder, before each step of the decoder (He et al. 2019, algorithm 1): collapse as a
/// lag of the encoder. It ends when the mutual information on the validation sentences falls, or for two epochs does not rise, by more
/// than twice the standard error of its estimate.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AggressiveTraining
{
    /// <summary>Most encoder steps before a decoder step.</summary>
    public int MaxSteps { get; init => field = Require.AtLeast(1, value); } = 100;

    /// <summary>Encoder steps whose loss per token is compared with that of as many before; they end when it has not fallen.</summary>
    public int CheckEvery { get; init => field = Require.AtLeast(1, value); } = 15;
}
