using Research.TextVae.Models;
using Research.TextVae.Text;

namespace Research.TextVae.Training;

/// <summary>A task whose examples are the sentences of a set, in shuffled batches of similar length.</summary>
public abstract class SentenceTask(EncodedSentences sentences, TrainingOptions options, ulong seed) : TrainingTask
{
    private readonly BatchSampler batches = new(
        sentences, new BatchOptions { BatchSize = options.BatchSize, MaxTokensPerBatch = options.MaxTokensPerBatch, Shuffle = true }, seed);

    /// <summary>Seed of everything random in the task.</summary>
    protected ulong Seed { get; } = seed;

    /// <inheritdoc/>
    public override int BatchesPerEpoch(int epoch) => batches.BatchesPerEpoch(epoch);

    /// <inheritdoc/>
    public override BatchLoss Loss(int epoch, int batch, double progress) =>
        Loss(TextBatch.From(batches.Batch(epoch, batch), Model.parameters().First().device), progress);

    /// <summary>The loss of these sentences.</summary>
    protected abstract BatchLoss Loss(TextBatch batch, double progress);
}
