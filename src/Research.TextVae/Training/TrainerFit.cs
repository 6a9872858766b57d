using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>Building and training in memory, in one call: for notebooks and short programs. No files are written, so a training that is
/// stopped is lost.</summary>
public sealed partial class Trainer
{
    /// <summary>Builds a text VAE and trains it by its ELBO.</summary>
    /// <param name="config">The model.</param>
    /// <param name="data">Sentences to train on, and to choose the best epoch by.</param>
    /// <param name="objective">The loss.</param>
    /// <param name="options">How to train.</param>
    /// <param name="seed">Seed of weights, batches, dropout and draws of z.</param>
    /// <param name="observer">Receives progress; by default a cell of a notebook shows it while it runs.</param>
    /// <returns>The model with the weights of its best epoch, and how it came to them.</returns>
    /// <exception cref="UserException">A loss term or the gradient became NaN or infinite.</exception>
    public static (TextVaeModel Model, TrainingHistory History) Fit(
        TextVaeConfig config, TextData data, ElboObjective objective, TrainingOptions options, ulong seed,
        ITrainingObserver? observer = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(data);
        var model = Build(() => config.Build(data.Tokenizer.Vocabulary.Count), seed);
        return (model, Fit(new VaeTask(model, data, objective), options, seed, observer));
    }

    /// <summary>Builds a language model and trains it by maximum likelihood.</summary>
    /// <inheritdoc cref="Fit(TextVaeConfig, TextData, ElboObjective, TrainingOptions, ulong, ITrainingObserver?)"/>
    public static (LanguageModel Model, TrainingHistory History) Fit(
        LanguageModelConfig config, TextData data, TrainingOptions options, ulong seed, ITrainingObserver? observer = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(data);
        var model = Build(() => config.Build(data.Tokenizer.Vocabulary.Count), seed);
        return (model, Fit(new LanguageModelTask(model, data), options, seed, observer));
    }

    /// <summary>Trains the model of a task and leaves it with the weights of its best epoch.</summary>
    /// <param name="task">The model, its batches and its loss.</param>
    /// <inheritdoc cref="Fit(TextVaeConfig, TextData, ElboObjective, TrainingOptions, ulong, ITrainingObserver?)"/>
    /// <returns>How it came to them.</returns>
    public static TrainingHistory Fit(TrainingTask task, TrainingOptions options, ulong seed, ITrainingObserver? observer = null)
    {
        var live = new LiveProgress(TimeProvider.System, HostDisplay.Show);
        var log = new HistoryLog(observer ?? live);
        var end = new Trainer(task, options, seed) { Observer = log }.Run();
        live.Finish();
        return new TrainingHistory(log.Steps, log.Epochs, end);
    }

    /// <summary>Builds a model with weights drawn from the seed.</summary>
    public static T Build<T>(Func<T> build, ulong seed)
        where T : nn.Module
    {
        ArgumentNullException.ThrowIfNull(build);
        manual_seed(unchecked((long)seed));
        return build();
    }

    private sealed class HistoryLog(ITrainingObserver? observer) : ITrainingObserver
    {
        public List<TrainRecord> Steps { get; } = [];

        public List<EpochRecord> Epochs { get; } = [];

        public void Stepped(TrainingProgress progress) => observer?.Stepped(progress);

        public void Logged(TrainRecord record)
        {
            Steps.Add(record);
            observer?.Logged(record);
        }

        public void Validated(EpochRecord record)
        {
            Epochs.Add(record);
            observer?.Validated(record);
        }
    }
}
