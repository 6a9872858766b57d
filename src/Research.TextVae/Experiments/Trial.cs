using System.Globalization;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Experiments;

/// <summary>One model to train and measure: a member of a sweep.</summary>
public sealed record Trial
{
    /// <summary>The text, split and encoded.</summary>
    public required TextData Data { get; init; }

    /// <summary>The model.</summary>
    public required TextVaeConfig Model { get; init; }

    /// <summary>The loss.</summary>
    public ElboObjective Objective { get; init; } = new();

    /// <summary>How it is trained.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>What is measured at the end.</summary>
    public EvaluationOptions Measures { get; init; } = new();
}

/// <summary>A <see cref="Trial"/> with its text by name.</summary>
public sealed record TrialDescription(
    string Data, TextOptions Text, ModelConfig Model, ElboObjective Objective, TrainingOptions Training, EvaluationOptions Measures)
{
    internal static TrialDescription Of(Trial trial) =>
        new(trial.Data.Name, trial.Data.Options, trial.Model, trial.Objective, trial.Training, trial.Measures);
}

/// <summary>What a trial left in its folder.</summary>
/// <param name="Name">The member's name, <c>β=0.25</c> for instance.</param>
/// <param name="Value">The swept value.</param>
/// <param name="Seed">The member's seed.</param>
/// <param name="Metrics">All records, the latest of each step.</param>
/// <param name="Samples">What the model wrote.</param>
public sealed record TrialResult(
    string Name, double Value, ulong Seed, IReadOnlyList<MetricsRecord> Metrics, IReadOnlyList<SampleRecord> Samples)
{
    /// <summary>The measurement on the test sentences.</summary>
    public FinalRecord Final { get; } = Metrics.OfType<FinalRecord>().Last();

    /// <summary>The training curve.</summary>
    public IEnumerable<TrainRecord> Training => Metrics.OfType<TrainRecord>();

    /// <summary>The measurement after each epoch.</summary>
    public IEnumerable<EpochRecord> Validation => Metrics.OfType<EpochRecord>();
}

/// <summary>Trains and measures one member, or reads what an earlier start of the run already measured.</summary>
internal sealed class TrialRunner(RunContext context, MemberDescription member, double value, Trial trial)
{
    private const string Checkpoints = "checkpoints";

    public TrialResult Run()
    {
        var folder = context.MemberFolder(member);
        var log = context.Metrics(member);
        var samples = Path.Combine(folder, "samples.jsonl");
        if (!log.Records.OfType<FinalRecord>().Any())
        {
            using var scope = NewDisposeScope();
            using var model = Build();
            var task = new VaeTask(model, trial.Data, trial.Objective);
            TrainedModel.Write(folder, task);
            var trainer = new Trainer(task, trial.Training, member.Seed)
            {
                CheckpointFolder = Path.Combine(folder, Checkpoints),
                Observer = log,
                Time = context.Time,
            };
            var trained = trainer.Run(context.Cancellation);
            WriteSamples(samples, model);
            log.Append(VaeMeasurement.Of(model, trial.Data.Test, trial.Measures, trained, member.Seed, context));
        }
        else if (!File.Exists(samples))
        {
            context.Console.Note("samples.jsonl is missing; it is written again with the best weights.");
            using var scope = NewDisposeScope();
            using var model = Build();
            var (tensors, _) = Checkpoint.Load<TrainingPosition>(Path.Combine(folder, Checkpoints), Trainer.Best);
            TrainingState.Restore(Path.Combine(folder, Checkpoints, Trainer.Best), tensors, model);
            WriteSamples(samples, model);
        }

        var result = new TrialResult(member.Name, value, member.Seed, log.Records, JsonLines.Read<SampleRecord>(samples));
        var final = result.Final;
        context.Console.EndMember(string.Create(
            CultureInfo.InvariantCulture,
            $"test: reconstruction {final.Metrics.Reconstruction:0.00}  KL {final.Metrics.Kl:0.00}  IW-NLL {final.IwNll:0.00} ± "
                + $"{final.IwStandardError:0.00} (ESS {final.IwEffectiveSamples:0} of {final.IwSamples})  MI "
                + $"{final.Metrics.MutualInformation:0.00}  AU {final.Metrics.ActiveUnitsText}  BLEU {final.ReconstructionBleu:0.0}  "
                + $"{RunConsole.Clock(TimeSpan.FromSeconds(final.Seconds))}"));
        return result;
    }

    private TextVaeModel Build()
    {
        manual_seed(unchecked((long)member.Seed));
        var model = trial.Model.Build(trial.Data.Tokenizer.Vocabulary.Count);
        model.to(context.Device);
        return model;
    }

    // Whole or not at all.
    private void WriteSamples(string path, TextVaeModel model) => AtomicFile.Write(path, string.Concat(
        new SampleWriter(model, trial.Data, trial.Measures, member.Seed).All().Select(JsonLines.Line)));
}
