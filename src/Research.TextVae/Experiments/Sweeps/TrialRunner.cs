using System.Globalization;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Experiments;

/// <summary>Trains and measures one member, or reads what an earlier start of the run already measured.</summary>
internal sealed class TrialRunner(RunContext context, MemberDescription member, double value, Trial trial)
{
    public TrialResult Run()
    {
        var folder = context.MemberFolder(member);
        var log = context.Metrics(member);
        var samples = Path.Combine(folder, "samples.jsonl");
        if (!log.Records.OfType<FinalRecord>().Any())
        {
            using var scope = NewDisposeScope();
            manual_seed(unchecked((long)member.Seed));
            using var model = trial.Model.Build(trial.Data.Tokenizer.Vocabulary.Count);
            model.to(context.Device);
            var task = new VaeTask(model, trial.Data, trial.Objective, trial.Training, member.Seed);
            var trained = new Trainer(
                task, trial.Training, Path.Combine(folder, "checkpoints"), member.Seed, log, context.Time).Run(context.Cancellation);
            File.Delete(samples);
            foreach (var sample in new SampleWriter(model, trial.Data, trial.Measures, member.Seed).All())
                JsonLines.Append(samples, sample);
            log.Append(VaeMeasurement.Of(model, trial.Data.Test, trial.Measures, trained, member.Seed, context));
        }

        var result = new TrialResult(member.Name, value, member.Seed, log.Records, JsonLines.Read<SampleRecord>(samples));
        var final = result.Final;
        context.Console.EndMember(string.Create(
            CultureInfo.InvariantCulture,
            $"test: reconstruction {final.Reconstruction:0.00}  KL {final.Kl:0.00}  IW-NLL {final.IwNll:0.00}  MI {final.MutualInformation:0.00}  AU {final.ActiveUnits}  BLEU {final.ReconstructionBleu:0.0}  {RunConsole.Clock(TimeSpan.FromSeconds(final.Seconds))}"));
        return result;
    }
}
