using System.Globalization;
using Research.TextVae.Evaluation;
using Research.TextVae.Kernels;
using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>
/// Trains a model. Everything it does follows from the seed: two trainings with the same seed, and a
/// training stopped and resumed from its checkpoint, give the same weights bit for bit on the same machine.
/// </summary>
/// <example><code>var (vae, history) = Trainer.Fit(new LstmVaeConfig { HiddenSize = 128 }, data, new ElboObjective(), new TrainingOptions {
/// Epochs = 5 }, seed: 1);</code></example>
public sealed partial class Trainer
{
    private readonly TrainingTask _task;
    private readonly TrainingOptions _options;
    private readonly ulong _seed;
    private readonly nn.Module _model;
    private readonly HashSet<nint> _inference;

    /// <param name="task">The model, its batches and its loss.</param>
    /// <param name="options">How to train.</param>
    /// <param name="seed">Seed of batches, dropout, word dropout and the samples of z.</param>
    public Trainer(TrainingTask task, TrainingOptions options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        (_task, _options, _seed) = (task, options, seed);
        task.Begin(options, seed);
        _model = task.Model;
        _inference = [.. task.InferenceParameters.Select(parameter => parameter.Handle)];
    }

    /// <summary>Name of the checkpoint to resume from.</summary>
    public const string Last = Checkpoints.Last;

    /// <summary>Name of the checkpoint with the lowest validation objective.</summary>
    public const string Best = Checkpoints.Best;

    /// <summary>
    /// Folder of the checkpoints <c>last</c> and <c>best</c>. Without one the best weights are kept in memory, and a training that is
    /// stopped is lost.
    /// </summary>
    public string? CheckpointFolder
    {
        get; init =>
        (field, _store) = (value, value is null ? new MemoryCheckpoints() : new FolderCheckpoints(value, Notice));
    }

    /// <summary>Receives what happens; nobody when absent.</summary>
    public ITrainingObserver? Observer { get; init; }

    /// <summary>The clock, for speed and remaining time.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    private Checkpoints _store = new MemoryCheckpoints();

    private void Notice(string message) => Observer?.Noticed(message);

    /// <summary>Trains, or resumes from the checkpoint <c>last</c>, and leaves the weights of <c>best</c> in the model.</summary>
    /// <exception cref="UserException">A loss term or the gradient became NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">Stopped; <c>last</c> holds the state at that step.</exception>
    public TrainingPosition Run(CancellationToken cancellation = default)
    {
        if (_options.Aggressive is not null && _inference.Count == 0)
            throw new UserException("aggressive training is for models with an inference network; leave Aggressive out.");
        using var precision = _model.Use(_options.Precision);
        using OptimizerHelper optimizer = _options.Optimizer == OptimizerKind.Sgd
            ? optim.SGD(_model.parameters(), _options.LearningRate)
            : new FusedAdam(_model.parameters(), _options.LearningRate);
        manual_seed(unchecked((long)_seed));
        var position = _store.Resume(_model, optimizer) ?? new TrainingPosition { LearningRate = _options.LearningRate };

        _model.train();
        while (!position.Finished)
        {
            position = Validate(TrainEpoch(optimizer, position, cancellation));
            if (position.EpochsWithoutImprovement == 0)
                _store.Save(Best, _model, optimizer, position);
            _store.Save(Last, _model, optimizer, position);
        }

        _store.LoadBest(_model, optimizer);
        return position;
    }

    private TrainingPosition TrainEpoch(OptimizerHelper optimizer, TrainingPosition position, CancellationToken cancellation)
    {
        var count = _task.BatchesPerEpoch(position.Epoch);
        var meter = new StepMeter(Time, position, count, _options);
        while (position.Batch < count)
        {
            if (cancellation.IsCancellationRequested || HostInterruption.Token.IsCancellationRequested)
            {
                _store.Save(Last, _model, optimizer, position with { Seconds = meter.Seconds, Pending = meter.Pending });
                cancellation.ThrowIfCancellationRequested();
                HostInterruption.Check();
            }

            var measured = Step(optimizer, position, position.Epoch + (double)position.Batch / count);
            position = position with { Step = position.Step + 1, Batch = position.Batch + 1 };
            var progress = meter.Add(measured, position);
            Observer?.Stepped(progress);
            if (position.Step % _options.LogEvery == 0 || position.Batch == count)
            {
                var record = meter.Record(position);
                Observer?.Logged(record);
            }

            if (position.Step % _options.CheckpointEvery == 0 && position.Batch < count)
                _store.Save(Last, _model, optimizer, position with { Seconds = meter.Seconds, Pending = meter.Pending });
        }

        return position with { Epoch = position.Epoch + 1, Batch = 0, Seconds = meter.Seconds, Pending = null };
    }

    private bool IsAggressive(TrainingPosition position) => _options.Aggressive is not null && !position.AggressiveFinished;

    /// <summary>
    /// Aggressive training (He et al. 2019, algorithm 1): steps of the encoder alone, on batches drawn at random, until its loss per token
    /// no longer falls. Batches hold sentences of similar length, so that losses per sentence would reflect their lengths.
    /// </summary>
    private void CatchUp(OptimizerHelper optimizer, TrainingPosition position, double epoch, AggressiveTraining aggressive)
    {
        var random = new StableRandom(StableRandom.Derive(_seed, (ulong)position.Step));
        var (before, sum, tokens) = (double.PositiveInfinity, 0.0, 0L);
        for (var step = 1; step <= aggressive.MaxSteps; step++)
        {
            HostInterruption.Check();
            using var scope = NewDisposeScope();
            _model.zero_grad();
            var terms = _task.Loss(position.Epoch, random.Next(_task.BatchesPerEpoch(position.Epoch)), epoch);
            sum += Finite(terms.Loss, "loss", position.Step + 1, epoch) * terms.Examples;
            tokens += terms.Tokens;
            DirectGradient.Backward(terms.Loss);
            Update(optimizer, dropInference: false, position.Step + 1, epoch);
            if (step % aggressive.CheckEvery != 0)
                continue;
            if (sum / tokens >= before)
                break;
            (before, sum, tokens) = (sum / tokens, 0, 0);
        }
    }

    /// <summary>Clips the gradients and makes the optimizer's step: of all weights, or without the inference network's, or of those
    /// alone.</summary>
    private double Update(OptimizerHelper optimizer, bool? dropInference, long step, double epoch)
    {
        if (dropInference is { } side)
        {
            foreach (var parameter in _model.parameters().Where(parameter => _inference.Contains(parameter.Handle) == side))
                parameter.grad = null;
        }

        // All gradients of the step are complete here: the place to reduce them over machines.
        _task.GradientsReady();
        var norm = GradientNorm.Clip(_model.parameters(), _options.MaxGradientNorm);
        if (!double.IsFinite(norm))
            throw NotFinite(norm, "gradient's norm", step, epoch);
        optimizer.step();
        return norm;
    }

    private StepMeasure Step(OptimizerHelper optimizer, TrainingPosition position, double epoch)
    {
        using var scope = NewDisposeScope();
        var step = position.Step + 1;
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = position.LearningRate * Math.Min(1, step / Math.Max(1.0, _options.WarmupSteps));
        var aggressive = IsAggressive(position);
        if (aggressive)
            CatchUp(optimizer, position, epoch, _options.Aggressive!);
        _model.zero_grad();
        var terms = _task.Loss(position.Epoch, position.Batch, epoch);
        var measured = new StepMeasure(
            Finite(terms.Loss, "loss", step, epoch),
            Finite(terms.Reconstruction, "reconstruction term", step, epoch),
            terms.Kl is null ? null : Finite(terms.Kl, "KL term", step, epoch),
            terms.KlWeight,
            terms.Tokens);
        DirectGradient.Backward(terms.Loss);
        return measured with { GradientNorm = Update(optimizer, aggressive ? true : null, step, epoch) };
    }

    private TrainingPosition Validate(TrainingPosition position)
    {
        var started = Time.GetTimestamp();
        var evaluation = _task.Validate();
        var goal = evaluation.Objective;
        if (!double.IsFinite(goal))
            throw NotFinite(goal, "validation objective", position.Step, position.Epoch);
        var better = goal < position.BestObjective;
        var bad = better || position.Epoch < _task.WarmUpEpochs ? 0 : position.EpochsWithoutImprovement + 1;
        position = position with
        {
            BestObjective = better ? goal : position.BestObjective,
            BestEpoch = better ? position.Epoch : position.BestEpoch,
            EpochsWithoutImprovement = bad,
            LearningRate = bad > 0 && bad % _options.LearningRatePatience == 0
                ? position.LearningRate * _options.LearningRateFactor
                : position.LearningRate,
            Seconds = position.Seconds + Time.GetElapsedTime(started).TotalSeconds,
            Finished = position.Epoch >= _options.Epochs || bad >= _options.EarlyStoppingPatience,
        };
        if (IsAggressive(position) && evaluation.Metrics is VaeMetrics metrics)
            position = position.WithInformation(metrics.MutualInformation, metrics.MutualInformationError);

        Observer?.Validated(new EpochRecord
        {
            Step = position.Step,
            Epoch = position.Epoch,
            Time = Time.GetUtcNow(),
            Objective = goal,
            Metrics = evaluation.Metrics,
            Seconds = position.Seconds,
        });
        return position;
    }

    private double Finite(Tensor term, string name, long step, double epoch)
    {
        var value = term.ToDouble();
        return double.IsFinite(value) ? value : throw NotFinite(value, name, step, epoch);
    }

    private UserException NotFinite(double value, string name, long step, double epoch) => new(string.Create(CultureInfo.InvariantCulture,
        $"step {step} (epoch {epoch:0.##}): the {name} became {value}; lower the learning rate (now {_options.LearningRate}) or the clip "
        + $"norm (now {_options.MaxGradientNorm}). {_store.Whereabouts}"));
}
