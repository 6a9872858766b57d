using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>Sentences as points of the latent space: the means of their posteriors.</summary>
public static class PosteriorMeans
{
    /// <param name="model">The model; dropout is off.</param>
    /// <param name="sentences">At least one.</param>
    /// <param name="batchSize">Sentences in a batch.</param>
    /// <returns>[sentences, latent], on the CPU, in the set's order.</returns>
    public static Tensor Of(TextVaeModel model, EncodedSentences sentences, int batchSize = 64)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sentences);
        using var scope = NewDisposeScope();
        var means = empty(sentences.Count, model.LatentSize);
        foreach (var batch in new BatchSampler(sentences, new BatchOptions { BatchSize = batchSize, Shuffle = false }, 0).Epoch(0))
        {
            using var step = NewDisposeScope();
            var rows = torch.tensor(Array.ConvertAll(batch.Indices, index => (long)index)).unsqueeze(1).expand(-1, model.LatentSize);
            means.scatter_(0, rows, Reconstruction.PosteriorMean(model, batch).cpu());
        }

        return means.MoveToOuterDisposeScope();
    }

    /// <summary>One row for each text.</summary>
    /// <param name="model">The model; dropout is off.</param>
    /// <param name="tokenizer">Turns texts into tokens.</param>
    /// <param name="texts">Each of at least one token.</param>
    /// <returns>[texts, latent], on the CPU.</returns>
    public static Tensor Of(TextVaeModel model, Tokenizer tokenizer, params IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(texts);
        return Of(model, new EncodedSentences(
            [.. texts.Select(text => tokenizer.EncodeToIds(text).ToArray())], [.. texts.Select(text => new Sentence(text, "", ""))]));
    }
}
