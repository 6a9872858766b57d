using System.Globalization;
using Research.TextVae.Diagnostics;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Text;
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
            log.Append(Measure(model, trained));
        }

        var result = new TrialResult(member.Name, value, member.Seed, log.Records, JsonLines.Read<SampleRecord>(samples));
        var final = result.Final;
        context.Console.EndMember(string.Create(
            CultureInfo.InvariantCulture,
            $"test: reconstruction {final.Reconstruction:0.00}  KL {final.Kl:0.00}  IW-NLL {final.IwNll:0.00}  MI {final.MutualInformation:0.00}  AU {final.ActiveUnits}  BLEU {final.ReconstructionBleu:0.0}  {RunConsole.Clock(TimeSpan.FromSeconds(final.Seconds))}"));
        return result;
    }

    private FinalRecord Measure(TextVaeModel model, TrainingPosition trained)
    {
        var (seed, time) = (member.Seed, context.Time);
        var started = time.GetTimestamp();
        var test = trial.Data.Test;
        var measures = trial.Measures;
        var elbo = ElboEvaluation.Of(model, test, seed);
        var weighted = Some(test, measures.IwSentences);
        var nll = ImportanceWeightedNll.Of(
            model, weighted, measures.IwSamples, seed, done => context.Console.Measuring("importance-weighted NLL", done, weighted.Count));
        var reconstructed = Some(test, measures.BleuSentences);
        var bleu = Bleu.Corpus(Reconstruction.Greedy(model, reconstructed).Select(
            (ids, index) => ((IReadOnlyList<int>)ids, (IReadOnlyList<int>)reconstructed[index])));
        return new FinalRecord
        {
            Step = trained.Step,
            Epoch = trained.BestEpoch,
            Time = time.GetUtcNow(),
            Split = "test",
            Reconstruction = elbo.Reconstruction,
            Kl = elbo.Kl,
            NegativeElbo = elbo.NegativeElbo,
            Perplexity = elbo.Perplexity,
            MutualInformation = elbo.MutualInformation,
            BatchMutualInformation = elbo.BatchMutualInformation,
            ActiveUnits = elbo.ActiveUnits,
            KlPerDimension = elbo.KlPerDimension,
            IwNll = nll.Mean,
            IwPerplexity = nll.Perplexity,
            IwSamples = nll.Samples,
            IwSentences = nll.PerSentence.Count,
            ReconstructionBleu = bleu,
            Parameters = model.parameters().Sum(parameter => parameter.numel()),
            Seconds = trained.Seconds + time.GetElapsedTime(started).TotalSeconds,
        };
    }

    private static SentenceSet Some(SentenceSet sentences, int count) => count == 0 ? sentences : sentences.Spread(count);
}
