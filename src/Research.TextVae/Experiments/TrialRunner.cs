using Research.TextVae.Diagnostics;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Text;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Experiments;

/// <summary>Trains and measures one member, or reads what an earlier start of the run already measured.</summary>
internal sealed class TrialRunner(RunFolder run, RunConsole console, Device device, TimeProvider time)
{
    public TrialResult Run(SweepRun.Member member, CancellationToken cancellation)
    {
        var folder = run.Member(member.Name);
        var log = new MetricsLog(Path.Combine(folder, "metrics.jsonl"), console);
        var samples = Path.Combine(folder, "samples.jsonl");
        if (!log.Records.OfType<FinalRecord>().Any())
        {
            run.Write(Path.Combine("members", member.Name, RunDescription.FileName), new MemberDescription(member.Name, member.Seed, TrialDescription.Of(member.Trial)));
            using var scope = NewDisposeScope();
            var trial = member.Trial;
            manual_seed(unchecked((long)member.Seed));
            using var model = trial.Model.Build(trial.Data.Tokenizer.Vocabulary.Count);
            model.to(device);
            var task = new VaeTask(model, trial.Data, trial.Objective, trial.Training, member.Seed);
            var trained = new Trainer(task, trial.Training, Path.Combine(folder, "checkpoints"), member.Seed, log, time).Run(cancellation);
            File.Delete(samples);
            foreach (var sample in new SampleWriter(model, trial.Data, trial.Measures, member.Seed).All())
                JsonLines.Append(samples, sample);
            log.Append(Measure(model, trial, trained, member.Seed));
        }

        return new TrialResult(member.Name, member.Value, member.Seed, log.Records, JsonLines.Read<SampleRecord>(samples));
    }

    private FinalRecord Measure(TextVaeModel model, Trial trial, TrainingPosition trained, ulong seed)
    {
        var started = time.GetTimestamp();
        var test = trial.Data.Test;
        var measures = trial.Measures;
        var elbo = ElboEvaluation.Of(model, test, seed);
        var weighted = Some(test, measures.IwSentences);
        var nll = ImportanceWeightedNll.Of(
            model, weighted, measures.IwSamples, seed, done => console.Measuring("importance-weighted NLL", done, weighted.Count));
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
