using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>
/// The latent codes of sentences, as the encoder gives them and as the decoder sees them. A mean that hardly moves can tell much to a
/// reader who knows it exactly, and nothing to the decoder, which sees z ~ q(z|x).
/// </summary>
/// <param name="Means">Means of q(z|x); [sentences, latent], on the CPU.</param>
/// <param name="Samples">One z ~ q(z|x) per sentence; [sentences, latent], on the CPU.</param>
public sealed record LatentCodes(Tensor Means, Tensor Samples)
{
    /// <summary>Encodes sentences, dropout off.</summary>
    /// <param name="model">The model; its training mode is restored.</param>
    /// <param name="sentences">The sentences.</param>
    /// <param name="seed">Seed of the samples.</param>
    public static LatentCodes Encode(TextVaeModel model, EncodedSentences sentences, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sentences);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);
        var means = model.EncodeMeans(sentences);
        var posterior = model.Encode(sentences.ToBatch(model.Device));
        var noise = StandardNormal.Sample(sentences.Count, model.LatentSize, seed).to(model.Device);
        return new LatentCodes(means.MoveToOuterDisposeScope(), posterior.Sample(noise).cpu().MoveToOuterDisposeScope());
    }

    /// <summary>The mean codes of the first sentences with one dimension moved, to see whether it causes what it tells.</summary>
    /// <param name="dimension">From 0.</param>
    /// <param name="value">Where it is moved to.</param>
    /// <param name="count">How many sentences, at most.</param>
    /// <returns>[at most count, latent].</returns>
    public Tensor Moved(int dimension, double value, int count)
    {
        var codes = Means.narrow(0, 0, Math.Min(count, Means.shape[0])).clone();
        codes.select(1, dimension).fill_(value);
        return codes;
    }

    /// <summary>The mean of the means with one dimension moved along a line.</summary>
    /// <param name="dimension">From 0.</param>
    /// <param name="from">First value.</param>
    /// <param name="to">Last value.</param>
    /// <param name="steps">Points, at least two.</param>
    /// <returns>[steps, latent].</returns>
    public Tensor Traverse(int dimension, double from, double to, int steps) =>
        Latent.TraverseDimension(Means.mean([0L]), dimension, from, to, steps);
}
