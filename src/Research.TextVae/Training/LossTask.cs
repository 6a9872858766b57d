using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>
/// The training of any module by any loss, without a task class of its own. What the loss draws, z for instance, comes from TorchSharp's
/// default generator: the trainer seeds it for the training, and validation draws the same numbers after every epoch.
/// </summary>
/// <example><code>
/// var net = Trainer.Build(() => nn.Sequential(nn.Linear(100, 32), nn.ReLU(), nn.Linear(32, 100)), seed);
/// Tensor Error(VectorBatch batch) => nn.functional.mse_loss(net.call(batch.Values), batch.Values);
/// var history = Trainer.Fit(new LossTask&lt;VectorBatch&gt;(net, train, Error, validation), new TrainingOptions { Epochs = 5 }, seed);
/// </code></example>
/// <typeparam name="TBatch">The batches.</typeparam>
public sealed class LossTask<TBatch> : TrainingTask<TBatch>
{
    private readonly nn.Module _model;
    private readonly Func<TBatch, StepLoss> _loss;
    private readonly IDataset<TBatch> _validation;

    /// <param name="model">The module, its weights already drawn.</param>
    /// <param name="train">Examples to train on.</param>
    /// <param name="loss">The loss of a batch, a mean over its examples: a scalar with gradient.</param>
    /// <param name="validation">Examples to choose the best weights by; those of the training when absent.</param>
    /// <exception cref="UserException">There is no example.</exception>
    public LossTask(nn.Module model, IDataset<TBatch> train, Func<TBatch, Tensor> loss, IDataset<TBatch>? validation = null)
        : this(model, train, batch => Alone(loss(batch), (batch as IBatch<TBatch>)?.Tokens ?? 1), validation)
    {
    }

    /// <inheritdoc cref="LossTask{TBatch}(nn.Module, IDataset{TBatch}, Func{TBatch, Tensor}, IDataset{TBatch}?)"/>
    /// <param name="model">The module, its weights already drawn.</param>
    /// <param name="train">Examples to train on.</param>
    /// <param name="loss">The loss of a batch and its terms, means over its examples. All of them are recorded.</param>
    /// <param name="validation">Examples to choose the best weights by; those of the training when absent.</param>
    public LossTask(nn.Module model, IDataset<TBatch> train, Func<TBatch, StepLoss> loss, IDataset<TBatch>? validation = null)
        : base(train)
    {
        (_model, _loss, _validation) = (model, loss, validation ?? train);
        if (train.Count == 0 || _validation.Count == 0)
            throw new UserException("there is no example to train or to validate on: give more data.");
    }

    /// <inheritdoc/>
    public override nn.Module Model => _model;

    /// <inheritdoc/>
    public override ValidationResult Validate()
    {
        using var _ = no_grad();
        using var mode = new EvaluationMode(_model);
        using var random = get_rng_state();
        manual_seed(unchecked((long)Seed));
        var device = _model.parameters().First().device;
        var (loss, reconstruction, tokens) = (0.0, 0.0, 0L);
        foreach (var indices in new BatchSampler(_validation, Batches with { Shuffle = false }, 0).Epoch(0))
        {
            using var scope = NewDisposeScope();
            var terms = _loss(_validation.Batch(indices, device));
            loss += terms.Loss.ToDouble() * indices.Length / _validation.Count;
            reconstruction += terms.Reconstruction.ToDouble() * indices.Length / _validation.Count;
            tokens += terms.Tokens;
        }

        set_rng_state(random);
        return new ValidationResult(loss, new LikelihoodMetrics
        {
            Examples = _validation.Count,
            Tokens = tokens,
            Reconstruction = reconstruction,
        });
    }

    /// <inheritdoc/>
    protected override StepLoss Loss(TBatch batch, double progress) => _loss(batch);

    private static StepLoss Alone(Tensor loss, long tokens) => new(loss, loss, tokens);
}

/// <summary>The minimisation of a function of a module's weights alone, without examples.</summary>
/// <param name="model">The module that holds the weights.</param>
/// <param name="loss">The function: a scalar with gradient.</param>
/// <param name="steps">Steps of an epoch.</param>
public sealed class LossTask(nn.Module model, Func<Tensor> loss, int steps) : TrainingTask
{
    /// <inheritdoc/>
    public override nn.Module Model => model;

    /// <inheritdoc/>
    public override int BatchesPerEpoch(int epoch) => steps;

    /// <inheritdoc/>
    public override StepLoss Loss(int epoch, int batch, double progress)
    {
        var value = loss();
        return new StepLoss(value, value, 1);
    }

    /// <inheritdoc/>
    public override ValidationResult Validate()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var value = loss().ToDouble();
        return new ValidationResult(value, new LikelihoodMetrics { Examples = 1, Tokens = 1, Reconstruction = value });
    }
}
