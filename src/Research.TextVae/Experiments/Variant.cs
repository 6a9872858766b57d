using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Experiments;

/// <summary>The services available to a variant's code: its seed and device, training, evaluation, and the places to record
/// results.</summary>
public sealed class Variant : IDisposable
{
    private readonly RunContext _context;
    private readonly MemberDescription _description;
    private readonly List<nn.Module> _models = [];
    private TrainingPosition _trained = new();

    internal Variant(RunContext context, MemberDescription description, MemberResult result)
    {
        _context = context;
        _description = description;
        Result = result;
    }

    /// <summary>Seed of everything random in this variant.</summary>
    public ulong Seed => _description.Seed;

    /// <summary>Where to compute.</summary>
    public Device Device => _context.Device;

    /// <summary>Is set when the user stops the run.</summary>
    public CancellationToken Cancellation => _context.Cancellation;

    /// <summary>The variant's folder, for files of its own.</summary>
    public string Folder => _context.MemberFolder(_description);

    internal MemberResult Result { get; }

    /// <summary>Records a number for the table.</summary>
    public void Record(Metric metric, double value)
    {
        ArgumentNullException.ThrowIfNull(metric);
        Result.Values[metric.Name] = value;
    }

    /// <summary>Records an importance-weighted likelihood in nats per example, with its standard error and effective sample
    /// size.</summary>
    public void Record(Metric metric, ImportanceWeightedNll nll)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(nll);
        Record((metric, nll.Mean), (metric.StandardError, nll.StandardError), (metric.EffectiveSamples, nll.MedianEffectiveSamples));
    }

    /// <summary>Records several numbers for the table.</summary>
    public void Record(params IEnumerable<(Metric Metric, double Value)> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var (metric, value) in values)
            Record(metric, value);
    }

    /// <summary>Records a curve or a cloud of points for a figure.</summary>
    /// <exception cref="ArgumentException">The points do not pair.</exception>
    public void Record(string name, IEnumerable<double> x, IEnumerable<double> y, IEnumerable<string>? labels = null)
    {
        var series = new Series([.. x], [.. y], labels is null ? null : [.. labels]);
        if (series.X.Count != series.Y.Count || (series.Labels is { } texts && texts.Count != series.X.Count))
            throw new ArgumentException($"{name}: {series.X.Count} x, {series.Y.Count} y and {series.Labels?.Count} labels do not pair.");
        Result.Series[name] = series;
    }

    /// <summary>Records texts for the report.</summary>
    public void Record(string caption, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows) =>
        Result.Texts.Add(new TextTable(caption, headings, [.. rows]));

    /// <summary>Records sentences and their neighbours in the latent space for the report.</summary>
    public void Record(string caption, IEnumerable<NeighbourSentences> sentences) =>
        Record(caption, ["sentence", "label", "nearest training sentences"], sentences.Select(sentence => sentence.ToRow()));

    /// <summary>A series recorded before, by a training for instance.</summary>
    /// <exception cref="ArgumentException">Nothing is recorded under this name.</exception>
    public Series Curve(string name) => Result.Series.TryGetValue(name, out var series)
        ? series
        : throw new ArgumentException($"Nothing is recorded as \"{name}\" ({string.Join(", ", Result.Series.Keys)}).", nameof(name));

    /// <summary>Shows how far a long measurement is.</summary>
    public void Progress(string what, long done, long count)
    {
        Cancellation.ThrowIfCancellationRequested();
        _context.Console.Measuring(what, done, count);
    }

    /// <summary>Builds a model on the device, its weights drawn from the seed. It is disposed when the variant ends.</summary>
    public T Build<T>(Func<T> build)
        where T : nn.Module
    {
        ArgumentNullException.ThrowIfNull(build);
        manual_seed(unchecked((long)Seed));
        var model = build();
        _models.Add(model);
        model.to(Device);
        return model;
    }

    /// <summary>Builds a text VAE and trains it by its ELBO. It is disposed when the variant ends.</summary>
    /// <inheritdoc cref="Train(TrainingTask, TrainingOptions, string, Action{TrainingProgress}?)"/>
    /// <param name="config">The model.</param>
    /// <param name="data">Sentences to train on, and to choose the best epoch by.</param>
    /// <param name="objective">The loss.</param>
    /// <returns>The model with the weights of its best epoch.</returns>
    public TextVaeModel Train(TextVaeConfig config, TextData data, ElboObjective objective, TrainingOptions options, string name = "")
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(data);
        var model = Build(() => config.Build(data.Tokenizer.Vocabulary.Count));
        Train(new VaeTask(model, data, objective), options, name);
        return model;
    }

    /// <summary>Builds a language model and trains it by maximum likelihood. It is disposed when the variant ends.</summary>
    /// <inheritdoc cref="Train(TextVaeConfig, TextData, ElboObjective, TrainingOptions, string)"/>
    public LanguageModel Train(LanguageModelConfig config, TextData data, TrainingOptions options, string name = "")
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(data);
        var model = Build(() => config.Build(data.Tokenizer.Vocabulary.Count));
        Train(new LanguageModelTask(model, data), options, name);
        return model;
    }

    /// <summary>
    /// Trains a model, or resumes where an earlier start of the run stopped, and leaves it with its best weights. The log is the
    /// variant's <c>metrics.jsonl</c>, the checkpoints are in its folder, and so is what <see cref="TrainedRun"/> needs of a text VAE or a
    /// language model: of the training without a name, or else of the last one.
    /// </summary>
    /// <param name="task">The model, its batches and its loss.</param>
    /// <param name="options">How to train.</param>
    /// <param name="name">Distinguishes several trainings of one variant.</param>
    /// <param name="stepped">
    /// Is called after every step, for measurements during training; such a training begins anew when the run is continued, so that
    /// they are whole.
    /// </param>
    public TrainingPosition Train(TrainingTask task, TrainingOptions options, string name = "", Action<TrainingProgress>? stepped = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (name.Length > 0)
            FolderName.Require(name, "training");
        var file = name.Length == 0 ? "metrics.jsonl" : $"metrics-{name}.jsonl";
        var metrics = new MetricsLog(Path.Combine(Folder, file), _context.Console, stepped);
        var trainer = new Trainer(task, options, Seed)
        {
            CheckpointFolder = stepped is null ? Path.Combine(Folder, "checkpoints", name) : null,
            Observer = metrics,
            Time = _context.Time,
        };
        var kept = TrainedModel.Write(Folder, task, name);
        _trained = trainer.Run(_context.Cancellation);
        if (kept && stepped is not null)
            TrainedModel.WriteWeights(Folder, task, name, _trained);
        RecordCurves(metrics, name);
        return _trained;
    }

    /// <summary>
    /// Evaluates a trained VAE on sentences and records <see cref="Metric.Reconstruction"/>, <see cref="Metric.Kl"/>,
    /// <see cref="Metric.NegativeElbo"/>, <see cref="Metric.IwNll"/> and <see cref="Metric.IwPerplexity"/> with their errors and effective
    /// samples, <see cref="Metric.MutualInformation"/>, <see cref="Metric.ActiveUnits"/> and <see cref="Metric.ReconstructionBleu"/>, and
    /// the KL of each dimension as a series.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="sentences">The sentences.</param>
    /// <param name="options">What is measured.</param>
    public FinalRecord Evaluate(TextVaeModel model, EncodedSentences sentences, EvaluationOptions options)
    {
        var final = VaeMeasurement.Of(model, sentences, options, _trained, Seed, _context);
        Record(final.Metrics);
        Record(Metric.IwNll, final.IwNll);
        Record(Metric.IwPerplexity, final.IwPerplexity);
        if (final is { IwStandardError: { } error, IwEffectiveSamples: { } effective })
        {
            // d exp(nll / tokens) = perplexity / tokens · d nll, the tokens per sentence being nll / log perplexity
            var slope = final.IwPerplexity * Math.Log(final.IwPerplexity) / final.IwNll;
            Record((Metric.IwNll.StandardError, error), (Metric.IwPerplexity.StandardError, slope * error));
            Record((Metric.IwNll.EffectiveSamples, effective), (Metric.IwPerplexity.EffectiveSamples, effective));
        }

        Record(Metric.ReconstructionBleu, final.ReconstructionBleu);
        return final;
    }

    /// <summary>Records <see cref="Metric.Nll"/> and <see cref="Metric.Perplexity"/>.</summary>
    public void Record(Likelihood likelihood)
    {
        ArgumentNullException.ThrowIfNull(likelihood);
        Record(Metric.Nll, likelihood.Nll);
        Record(Metric.Perplexity, likelihood.Perplexity);
    }

    /// <summary>Records the metrics of a VAE, and the KL of each dimension as a series.</summary>
    public void Record(VaeMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        Record(Metric.Reconstruction, metrics.Reconstruction);
        Record(Metric.Kl, metrics.Kl);
        Record(Metric.NegativeElbo, metrics.NegativeElbo);
        Record(Metric.MutualInformation, metrics.MutualInformation);
        Record(Metric.MutualInformation.StandardError, metrics.MutualInformationError);
        Record(Metric.ActiveUnits, metrics.ActiveUnits);
        double[] ordered = [.. metrics.KlPerDimension.OrderDescending()];
        Record("KL per dimension", Enumerable.Range(1, ordered.Length).Select(d => (double)d), ordered);
    }

    /// <summary>Disposes of the models.</summary>
    public void Dispose() => _models.ForEach(model => model.Dispose());

    // The curves every training has, as series: by epoch on the validation examples, by step on the training batches.
    private void RecordCurves(MetricsLog metrics, string name)
    {
        var prefix = name.Length == 0 ? "" : $"{name}: ";
        var records = metrics.Records;
        EpochRecord[] epochs = [.. records.OfType<EpochRecord>()];
        TrainRecord[] steps = [.. records.OfType<TrainRecord>()];
        void ByEpoch<T>(string curve, Func<T, double> value)
            where T : LikelihoodMetrics
        {
            if (epochs.Length > 0 && epochs.All(record => record.Metrics is T))
                Record(prefix + curve, epochs.Select(record => (double)record.Epoch), epochs.Select(record => value((T)record.Metrics)));
        }

        void ByStep(string curve, Func<TrainRecord, double?> value)
        {
            if (steps.Length > 0 && value(steps[0]) is not null)
                Record(prefix + curve, steps.Select(record => (double)record.Step), steps.Select(record => value(record) ?? double.NaN));
        }

        ByEpoch<LikelihoodMetrics>("validation loss", metrics => metrics.NegativeElbo);
        ByEpoch<VaeMetrics>("validation KL", metrics => metrics.Kl);
        ByEpoch<VaeMetrics>("validation MI", metrics => metrics.MutualInformation);
        ByEpoch<VaeMetrics>("validation AU", metrics => metrics.ActiveUnits);
        ByStep("loss", record => record.Loss);
        ByStep("KL weight", record => record.KlWeight);
        ByStep("KL", record => record.KlWeight is null ? null : record.Kl);
    }
}
