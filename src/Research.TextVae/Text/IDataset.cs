using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Text;

/// <summary>A set of numbered examples that can be put into batches.</summary>
public interface IDataset
{
    /// <summary>Number of examples.</summary>
    int Count { get; }

    /// <summary>Length of each example in time steps, so that batches hold examples of similar length; null where all are of equal
    /// size.</summary>
    IReadOnlyList<int>? Lengths { get; }
}

/// <summary>A set of numbered examples that become batches of one kind.</summary>
/// <typeparam name="TBatch">The batches: <see cref="TextBatch"/> for sentences.</typeparam>
public interface IDataset<out TBatch> : IDataset
{
    /// <summary>Puts some examples into a batch.</summary>
    /// <param name="indices">The examples, at least one; each may be named several times.</param>
    /// <param name="device">Where the tensors go.</param>
    TBatch Batch(IReadOnlyList<int> indices, Device device);
}

/// <summary>A batch of examples as tensors.</summary>
/// <typeparam name="TSelf">The kind of batch.</typeparam>
public interface IBatch<out TSelf>
{
    /// <summary>Number of examples.</summary>
    long Size { get; }

    /// <summary>Predicted tokens, or predicted elements, of the whole batch: what perplexities and speeds are counted by.</summary>
    long Tokens { get; }

    /// <summary>The whole batch <paramref name="times"/> times in a row.</summary>
    TSelf Tile(long times);

    /// <summary>The same examples, each counting with a weight in sums over the batch's losses and their gradients.</summary>
    /// <param name="weights">[batch], float32.</param>
    TSelf Weighted(Tensor weights);
}

/// <summary>Batches of whole data sets.</summary>
public static class DatasetExtensions
{
    /// <summary>All examples in one batch, in their order.</summary>
    /// <param name="set">The examples, at least one.</param>
    /// <param name="device">Where the tensors go; the CPU when absent.</param>
    public static TBatch ToBatch<TBatch>(this IDataset<TBatch> set, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        return set.Batch([.. Enumerable.Range(0, set.Count)], device ?? CPU);
    }
}
