using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>Sentences encoded and decoded again.</summary>
public static class Reconstruction
{
    /// <summary>Decodes each sentence greedily from its posterior mean; token ids in the set's order.</summary>
    public static IReadOnlyList<int[]> Greedy(TextVaeModel model, EncodedSentences sentences, int batchSize = 64)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sentences);
        var decoded = new int[sentences.Count][];
        foreach (var indices in new BatchSampler(sentences, new BatchOptions { BatchSize = batchSize, Shuffle = false }, 0).Epoch(0))
        {
            using var scope = NewDisposeScope();
            var batch = sentences.Batch(indices, model.Device);
            // Unknown words may be generated: the original has them too, and BLEU compares what the model was given.
            var options = GenerationOptions.Greedy with { MaxTokens = (int)batch.Time + 5, AllowUnknown = true };
            var generated = model.Generate(model.Condition(PosteriorMean(model, batch), batch), options);
            for (var row = 0; row < generated.Count; row++)
                decoded[indices[row]] = generated[row];
        }

        return decoded;
    }

    /// <summary>The posterior mean of each sentence, [batch, latent], without gradient and with dropout off.</summary>
    internal static Tensor PosteriorMean<TBatch>(Vae<TBatch> model, TBatch batch)
        where TBatch : IBatch<TBatch>
    {
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);
        return model.Encode(batch).Mean;
    }
}
