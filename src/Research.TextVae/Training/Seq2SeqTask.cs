using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>The training of an encoder–decoder on pairs; the loss is −log p(y|x) a pair, with smoothed labels.</summary>
/// <param name="model">The model.</param>
/// <param name="train">Pairs to train on, in batches of targets of similar length.</param>
/// <param name="validation">Pairs to choose the best weights by.</param>
/// <param name="options">Sizes of batches.</param>
/// <param name="seed">Seed of the batches.</param>
public sealed class Seq2SeqTask(TransformerSeq2Seq model, EncodedPairs train, EncodedPairs validation, TrainingOptions options, ulong seed) : TrainingTask
{
    private readonly BatchSampler batches = new(
        train.Target, new BatchOptions { BatchSize = options.BatchSize, MaxTokensPerBatch = options.MaxTokensPerBatch, Shuffle = true }, seed);

    /// <inheritdoc cref="Seq2SeqTask(TransformerSeq2Seq, EncodedPairs, EncodedPairs, TrainingOptions, ulong)"/>
    public Seq2SeqTask(TransformerSeq2Seq model, ParallelData data, TrainingOptions options, ulong seed)
        : this(model, data.Train, data.Validation, options, seed)
    {
    }

    /// <inheritdoc/>
    public override nn.Module Model => model;

    /// <inheritdoc/>
    public override int BatchesPerEpoch(int epoch) => batches.BatchesPerEpoch(epoch);

    /// <inheritdoc/>
    public override BatchLoss Loss(int epoch, int batch, double progress)
    {
        var pairs = TextPairBatch.From(train, batches.Batch(epoch, batch).Indices, model.Device);
        var (loss, nll) = model.LossAndNll(pairs);
        return new BatchLoss(loss / pairs.Target.Size, nll / pairs.Target.Size, pairs.Target.Tokens);
    }

    /// <inheritdoc/>
    public override ValidationMeasures Validate()
    {
        var evaluation = Likelihood.Evaluate(model, validation);
        return new ValidationMeasures(evaluation.Nll, evaluation.Nll, evaluation.Perplexity);
    }
}
