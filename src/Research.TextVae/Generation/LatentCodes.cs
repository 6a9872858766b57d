using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>
/// The latent codes of sentences, as the encoder gives them and as the decoder sees them. A posterior mean of small variance can
/// determine an attribute exactly, and yet be lost in the noise of z ~ q(z|x), which is all that the decoder sees.
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

    /// <summary>The mean codes of the first sentences with one dimension set to a value, to see whether it causes the attribute.</summary>
    /// <param name="dimension">From 0.</param>
    /// <param name="value">Its new value.</param>
    /// <param name="count">Largest number of sentences.</param>
    /// <returns>[at most count, latent].</returns>
    public Tensor Moved(int dimension, double value, int count)
    {
        var codes = Means.narrow(0, 0, Math.Min(count, Means.shape[0])).clone();
        codes.select(1, dimension).fill_(value);
        return codes;
    }

    /// <summary>The mean of the posterior means with one dimension varied in equal steps.</summary>
    /// <param name="dimension">From 0.</param>
    /// <param name="from">First value.</param>
    /// <param name="to">Last value.</param>
    /// <param name="steps">Number of values, at least two.</param>
    /// <returns>[steps, latent].</returns>
    public Tensor Traverse(int dimension, double from, double to, int steps) =>
        Latent.TraverseDimension(Means.mean([0L]), dimension, from, to, steps);
}
