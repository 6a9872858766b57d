using Research.TextVae.Evaluation;
using Research.TextVae.Objectives;
using Research.TextVae.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>
/// What a <see cref="Trainer"/> trains: a model, its batches in a fixed order, the loss of a batch, and what the model is judged by. The
/// options and the seed are the trainer's; a task learns them by <see cref="Begin"/>.
/// </summary>
public abstract class TrainingTask
{
    /// <summary>The model; its weights are already drawn.</summary>
    public abstract nn.Module Model { get; }

    /// <summary>The weights of the inference network, for <see cref="AggressiveTraining"/>; none for a model without one.</summary>
    public virtual IReadOnlyList<Parameter> InferenceParameters => [];

    /// <summary>The sentences it is trained on; null where the examples are no sentences.</summary>
    public virtual EncodedSentences? Sentences => null;

    /// <summary>Epochs in which the loss is not yet the one that the model is chosen by, because a schedule still rises. They count neither
    /// for the patience of the learning rate nor for early stopping.</summary>
    public virtual double WarmUpEpochs => 0;

    /// <summary>How the model is trained.</summary>
    protected TrainingOptions Options { get; private set; } = new();

    /// <summary>Seed of everything random in the task.</summary>
    protected ulong Seed { get; private set; }

    /// <summary>Is called once, before anything else.</summary>
    /// <param name="options">How the model is trained.</param>
    /// <param name="seed">Seed of everything random in the task.</param>
    protected internal virtual void Begin(TrainingOptions options, ulong seed) => (Options, Seed) = (options, seed);

    /// <summary>Number of batches of an epoch, which counts from 0.</summary>
    public abstract int BatchesPerEpoch(int epoch);

    /// <summary>The loss of a batch. The same epoch and batch give the same examples whenever they are asked for.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="batch">The batch of that epoch, from 0.</param>
    /// <param name="progress">Epochs trained so far, with the fraction of the current one: what schedules go by.</param>
    public abstract StepLoss Loss(int epoch, int batch, double progress);

    /// <summary>Is called after the backward pass, before the gradients are clipped.</summary>
    public virtual void GradientsReady()
    {
    }

    /// <summary>Evaluates the model on the validation examples, dropout off.</summary>
    public abstract ValidationResult Validate();
}

/// <summary>A task whose examples are those of a set, in shuffled batches of similar length.</summary>
/// <typeparam name="TBatch">The batches.</typeparam>
/// <param name="train">The training examples.</param>
public abstract class TrainingTask<TBatch>(IDataset<TBatch> train) : TrainingTask
{
    private BatchSampler _batches = new(train, new BatchOptions(), 0);

    /// <inheritdoc/>
    public override EncodedSentences? Sentences => train as EncodedSentences;

    /// <summary>Number of training examples.</summary>
    protected int Examples => train.Count;

    /// <summary>How the examples are put into batches.</summary>
    protected virtual BatchOptions Batches => new() { BatchSize = Options.BatchSize, MaxTokensPerBatch = Options.MaxTokensPerBatch };

    /// <inheritdoc/>
    protected internal override void Begin(TrainingOptions options, ulong seed)
    {
        base.Begin(options, seed);
        _batches = new BatchSampler(train, Batches, seed);
    }

    /// <inheritdoc/>
    public override int BatchesPerEpoch(int epoch) => _batches.BatchesPerEpoch(epoch);

    /// <inheritdoc/>
    public override StepLoss Loss(int epoch, int batch, double progress) =>
        Loss(train.Batch(_batches.Batch(epoch, batch), Model.parameters().First().device), progress);

    /// <summary>The loss of a batch.</summary>
    /// <param name="batch">The examples.</param>
    /// <param name="progress">Epochs trained so far, with the fraction of the current one.</param>
    protected abstract StepLoss Loss(TBatch batch, double progress);
}

/// <summary>The loss of a batch and its terms, in nats per example.</summary>
/// <param name="Loss">What is minimised: a scalar with gradient.</param>
/// <param name="Reconstruction">−log p(x|z), or −log p(x) of a model without a latent code; a scalar.</param>
/// <param name="Tokens">Predicted tokens of the batch.</param>
public sealed record StepLoss(Tensor Loss, Tensor Reconstruction, long Tokens)
{
    /// <summary>Examples of the batch; 1 where the loss is no mean over examples.</summary>
    public long Examples { get; init; } = 1;

    /// <summary>KL(q(z|x) ‖ p(z)), unweighted; none for a model without a latent code.</summary>
    public Tensor? Kl { get; init; }

    /// <summary>The weight of the KL term in the loss, where there is one.</summary>
    public double? KlWeight { get; init; }

    /// <summary>The loss of a VAE.</summary>
    /// <param name="loss">The objective's loss.</param>
    /// <param name="tokens">Predicted tokens of the batch.</param>
    public static StepLoss From(VaeLoss loss, long tokens)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return new StepLoss(loss.Total, loss.Reconstruction, tokens) { Kl = loss.Kl, KlWeight = loss.KlWeight };
    }
}

/// <summary>The model on its validation examples.</summary>
/// <param name="Objective">What early stopping and learning-rate decay go by.</param>
/// <param name="Metrics">What was measured; <see cref="VaeMetrics"/> of a VAE.</param>
public sealed record ValidationResult(double Objective, LikelihoodMetrics Metrics)
{
    /// <summary>A model that is judged by its likelihood alone.</summary>
    public static ValidationResult From(Likelihood likelihood)
    {
        ArgumentNullException.ThrowIfNull(likelihood);
        return new ValidationResult(likelihood.Nll, likelihood.Metrics);
    }
}
