using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>How an encoder's states become one vector for a sentence.</summary>
public enum Pooling
{
    /// <summary>The state at the last token.</summary>
    Last,

    /// <summary>The maximum over time of each feature (Long et al. 2019), which every token's state can move.</summary>
    Max,

    /// <summary>The mean over time.</summary>
    Mean,
}

/// <summary>What the kinds of <see cref="Pooling"/> compute.</summary>
internal static class PoolingExtensions
{
    /// <summary>One vector per sentence; padding does not count.</summary>
    /// <param name="pooling">The kind.</param>
    /// <param name="states">[batch, time, width].</param>
    /// <param name="batch">The sentences.</param>
    /// <returns>[batch, width].</returns>
    public static Tensor Apply(this Pooling pooling, Tensor states, TextBatch batch)
    {
        if (pooling == Pooling.Last)
            return states.gather(1, (batch.Lengths - 1).view(-1, 1, 1).expand(batch.Size, 1, states.shape[2])).squeeze(1);
        var counts = batch.Mask.unsqueeze(2).to_type(states.dtype); // [batch, time, 1]
        return pooling == Pooling.Max
            ? states.masked_fill(counts.eq(0), double.NegativeInfinity).amax([1])
            : (states * counts).sum(1) / counts.sum(1);
    }
}
