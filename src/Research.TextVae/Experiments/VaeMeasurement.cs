using Research.TextVae.Evaluation;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Text;
using Research.TextVae.Training;
using static TorchSharp.torch;

namespace Research.TextVae.Experiments;

/// <summary>What is measured of a trained VAE at the end, whatever experiment it is part of.</summary>
internal static class VaeMeasurement
{
    public static FinalRecord Of(
        TextVaeModel model, EncodedSentences test, EvaluationOptions measures, TrainingPosition trained, ulong seed, RunContext context)
    {
        var started = context.Time.GetTimestamp();
        var elbo = VaeMetrics.Evaluate(model, test, seed);
        var weighted = Some(test, measures.IwSentences);
        var sampling = new ImportanceSampling
        {
            Samples = measures.IwSamples,
            Doublings = measures.IwDoublings,
            Tolerance = measures.IwTolerance,
            Proposal = measures.IwProposal,
        };
        var nll = ImportanceWeightedNll.Estimate(
            model, weighted, sampling, seed, done =>
                context.Console.Measuring("importance-weighted NLL, sentences", done, weighted.Count));
        var reconstructed = Some(test, measures.BleuSentences);
        var bleu = Bleu.Corpus(Reconstruction.Greedy(model, reconstructed).Select(
            (ids, index) => ((IReadOnlyList<int>)ids, (IReadOnlyList<int>)reconstructed[index])));
        return new FinalRecord
        {
            Step = trained.Step,
            Epoch = trained.BestEpoch,
            Time = context.Time.GetUtcNow(),
            Split = "test",
            Metrics = elbo,
            IwNll = nll.Mean,
            IwPerplexity = nll.Perplexity,
            IwStandardError = nll.StandardError,
            IwMonteCarloError = nll.MonteCarloError,
            IwEffectiveSamples = nll.MedianEffectiveSamples,
            IwConverged = nll.Converged,
            IwSamples = nll.Samples,
            IwSentences = nll.PerSentence.Count,
            ReconstructionBleu = bleu,
            Parameters = model.parameters().Sum(parameter => parameter.numel()),
            Seconds = trained.Seconds + context.Time.GetElapsedTime(started).TotalSeconds,
        };
    }

    private static EncodedSentences Some(EncodedSentences sentences, int count) => count == 0 ? sentences : sentences.EvenlySpaced(count);
}
