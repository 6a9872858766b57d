namespace Research.TextVae.Training;

/// <summary>Receives what happens while a model trains, to show or to store it.</summary>
public interface ITrainingObserver
{
    /// <summary>After every optimizer step.</summary>
    void Stepped(TrainingProgress progress);

    /// <summary>Each <see cref="TrainingOptions.LogEvery"/> steps.</summary>
    void Logged(TrainRecord record);

    /// <summary>After each epoch.</summary>
    void Validated(EpochRecord record);

    /// <summary>When something unusual happened that the training goes on from: a damaged checkpoint, for instance.</summary>
    /// <param name="message">What, in a line.</param>
    void Noticed(string message)
    {
    }
}

/// <summary>How far training is; losses are nats per example, smoothed over recent steps. KL is absent for a model without a latent
/// code.</summary>
public readonly record struct TrainingProgress(
    int Epoch,
    int Epochs,
    int Batch,
    int Batches,
    double Reconstruction,
    double? Kl,
    double? KlWeight,
    double TokensPerSecond,
    TimeSpan Remaining);

/// <summary>What one training step measured; losses in nats per example.</summary>
internal readonly record struct StepMeasure(
    double Loss, double Reconstruction, double? Kl, double? KlWeight, long Tokens, double GradientNorm = 0);

/// <summary>Averages the steps of an epoch for the log, and estimates speed and remaining time.</summary>
internal sealed class StepMeter(TimeProvider time, TrainingPosition start, int batches, TrainingOptions options)
{
    private readonly long _started = time.GetTimestamp();
    private readonly List<StepMeasure> _pending = [.. start.Pending ?? []];
    private long _tokens;
    private long _pendingSince = time.GetTimestamp();

    /// <summary>Seconds trained, those before this epoch included.</summary>
    public double Seconds => start.Seconds + Elapsed;

    /// <summary>The steps since the last record, which the next one averages.</summary>
    public IReadOnlyList<StepMeasure>? Pending => _pending.Count == 0 ? null : [.. _pending];

    private double Elapsed => time.GetElapsedTime(_started).TotalSeconds;

    public TrainingProgress Add(StepMeasure measure, TrainingPosition position)
    {
        _pending.Add(measure);
        _tokens += measure.Tokens;
        var stepsDone = position.Step - start.Step;
        var stepsLeft = (options.Epochs - position.Epoch) * (long)batches - position.Batch;
        return new TrainingProgress(
            position.Epoch + 1,
            options.Epochs,
            position.Batch,
            batches,
            _pending.Average(step => step.Reconstruction),
            _pending.Average(step => step.Kl),
            measure.KlWeight,
            _tokens / Elapsed,
            TimeSpan.FromSeconds(Elapsed / stepsDone * stepsLeft));
    }

    public TrainRecord Record(TrainingPosition position)
    {
        var record = new TrainRecord
        {
            Step = position.Step,
            Epoch = position.Epoch + 1,
            Time = time.GetUtcNow(),
            Loss = _pending.Average(step => step.Loss),
            Reconstruction = _pending.Average(step => step.Reconstruction),
            Kl = _pending.Average(step => step.Kl),
            KlWeight = _pending[^1].KlWeight,
            LearningRate = position.LearningRate,
            GradientNorm = _pending.Average(step => step.GradientNorm),
            TokensPerSecond = _pending.Sum(step => step.Tokens) / time.GetElapsedTime(_pendingSince).TotalSeconds,
        };
        _pending.Clear();
        _pendingSince = time.GetTimestamp();
        return record;
    }
}
