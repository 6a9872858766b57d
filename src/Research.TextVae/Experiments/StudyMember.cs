using Research.TextVae.Models;
using Research.TextVae.Text;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Experiments;

/// <summary>What the code of a member works with: its seed and device, a trainer, and the places to record what it measures.</summary>
public sealed class StudyMember
{
    private readonly RunContext context;
    private readonly MemberDescription description;

    internal StudyMember(RunContext context, MemberDescription description, MemberResult result)
    {
        this.context = context;
        this.description = description;
        Result = result;
    }

    /// <summary>Seed of everything random in this member.</summary>
    public ulong Seed => description.Seed;

    /// <summary>Where to compute.</summary>
    public Device Device => context.Device;

    /// <summary>Is set when the user stops the run.</summary>
    public CancellationToken Cancellation => context.Cancellation;

    /// <summary>The member's folder, for files of its own.</summary>
    public string Folder => context.MemberFolder(description);

    internal MemberResult Result { get; }

    /// <summary>Records a number for the table.</summary>
    public void Record(string column, double value) => Result.Values[column] = value;

    /// <summary>Records a curve or a cloud of points for a figure.</summary>
    public void Record(string name, IEnumerable<double> x, IEnumerable<double> y, IEnumerable<string>? labels = null)
    {
        var series = new Series([.. x], [.. y], labels is null ? null : [.. labels]);
        if (series.X.Count != series.Y.Count || (series.Labels is { } texts && texts.Count != series.X.Count))
            throw new ArgumentException($"{name}: {series.X.Count} x, {series.Y.Count} y and {series.Labels?.Count} labels do not pair.");
        Result.Series[name] = series;
    }

    /// <summary>A series recorded before, by a training for instance.</summary>
    public Series Curve(string name) => Result.Series.TryGetValue(name, out var series)
        ? series
        : throw new ArgumentException($"Nothing is recorded as \"{name}\" ({string.Join(", ", Result.Series.Keys)}).", nameof(name));

    /// <summary>Records texts for the report.</summary>
    public void Record(string caption, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows) =>
        Result.Texts.Add(new TextTable(caption, headings, [.. rows]));

    /// <summary>Shows how far a long measurement is.</summary>
    public void Progress(string what, long done, long count)
    {
        Cancellation.ThrowIfCancellationRequested();
        context.Console.Measuring(what, done, count);
    }

    /// <summary>Builds a model on the device, its weights drawn from the seed.</summary>
    public T Build<T>(Func<T> build)
        where T : nn.Module
    {
        ArgumentNullException.ThrowIfNull(build);
        manual_seed(unchecked((long)Seed));
        var model = build();
        model.to(Device);
        return model;
    }

    /// <summary>
    /// Measures a trained VAE on sentences and records rec., KL, −ELBO, IW-NLL (nats a sentence), IW-PPL (a token), MI (nats), AU and
    /// BLEU, and the KL of each dimension as a series.
    /// </summary>
    public FinalRecord Measure(TextVaeModel model, EncodedSentences sentences, EvaluationOptions measures, TrainingPosition trained)
    {
        var final = VaeMeasurement.Of(model, sentences, measures, trained, Seed, context);
        Record("rec.", final.Reconstruction);
        Record("KL", final.Kl);
        Record("−ELBO", final.NegativeElbo);
        Record("IW-NLL", final.IwNll);
        Record("IW-PPL", final.IwPerplexity);
        Record("MI", final.MutualInformation);
        Record("AU", final.ActiveUnits);
        Record("BLEU", final.ReconstructionBleu);
        var ordered = final.KlPerDimension.OrderDescending().ToArray();
        Record("KL per dimension", Enumerable.Range(1, ordered.Length).Select(d => (double)d), ordered);
        return final;
    }

    /// <summary>
    /// Trains a model, or goes on where an earlier start of the run stopped, and leaves it with its best weights. The log is the
    /// member's <c>metrics.jsonl</c>, the checkpoints are in its folder.
    /// </summary>
    /// <param name="task">The model, its batches and its loss.</param>
    /// <param name="options">How to train.</param>
    /// <param name="name">Tells several trainings of one member apart.</param>
    /// <param name="stepped">Is called after every step, for measurements during training; such a training begins anew when the run is continued, so that they are whole.</param>
    public TrainingPosition Train(TrainingTask task, TrainingOptions options, string name = "", Action<TrainingProgress>? stepped = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        var metrics = new MetricsLog(Path.Combine(Folder, name.Length == 0 ? "metrics.jsonl" : $"metrics-{name}.jsonl"), context.Console, stepped);
        var checkpoints = stepped is null ? Path.Combine(Folder, "checkpoints", name) : null;
        var position = new Trainer(task, options, checkpoints, Seed, metrics, context.Time).Run(context.Cancellation);
        RecordCurves(metrics, name);
        return position;
    }

    // The curves every training has, as series: by epoch on the validation examples, by step on the training batches.
    private void RecordCurves(MetricsLog metrics, string name)
    {
        var prefix = name.Length == 0 ? "" : $"{name}: ";
        var records = metrics.Records;
        var validation = records.OfType<ValidationRecord>().ToArray();
        var training = records.OfType<TrainRecord>().ToArray();
        void Curve(string curve, Func<ValidationRecord, double?> value)
        {
            if (validation.Length > 0 && value(validation[0]) is not null)
                Record(prefix + curve, validation.Select(record => (double)record.Epoch), validation.Select(record => value(record) ?? double.NaN));
        }

        Curve("validation loss", record => record.NegativeElbo);
        Curve("validation KL", record => record.Kl);
        Curve("validation MI", record => record.MutualInformation);
        Curve("validation AU", record => record.ActiveUnits);
        Record(prefix + "loss", training.Select(record => (double)record.Step), training.Select(record => record.Loss));
        if (training.Length > 0 && training[0].KlWeight is not null)
        {
            Record(prefix + "KL weight", training.Select(record => (double)record.Step), training.Select(record => record.KlWeight ?? double.NaN));
            Record(prefix + "KL", training.Select(record => (double)record.Step), training.Select(record => record.Kl ?? double.NaN));
        }
    }
}
