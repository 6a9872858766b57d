using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>A batch of vectors, pictures for instance.</summary>
/// <param name="Values">[batch, width].</param>
public sealed record VectorBatch(Tensor Values) : IBatch<VectorBatch>
{
    /// <inheritdoc/>
    public long Size => Values.shape[0];

    /// <summary>Numbers in the vectors, batch · width: what is per token elsewhere is per dimension here.</summary>
    public long Tokens => Values.numel();

    /// <inheritdoc/>
    public VectorBatch Tile(long times) => new(Values.repeat(times, 1)) { Weights = Weights?.repeat(times) };

    /// <summary>What each vector counts with in sums over the batch; 1 when absent; [batch].</summary>
    public Tensor? Weights { get; init; }

    /// <inheritdoc/>
    public VectorBatch Weighted(Tensor weights) => this with { Weights = weights };
}

/// <summary>A set of vectors.</summary>
/// <param name="values">[vectors, width]; it remains the caller's.</param>
public sealed class VectorSet(Tensor values) : IDataset<VectorBatch>
{
    /// <summary>The vectors; [vectors, width].</summary>
    public Tensor Values => values;

    /// <inheritdoc/>
    public int Count => (int)values.shape[0];

    /// <summary>None: all are of one width.</summary>
    public IReadOnlyList<int>? Lengths => null;

    /// <inheritdoc/>
    public VectorBatch Batch(IReadOnlyList<int> indices, Device device)
    {
        ArgumentNullException.ThrowIfNull(indices);
        using var index = tensor(indices.Select(i => (long)i).ToArray(), device: values.device);
        return new VectorBatch(values.index_select(0, index).to(device));
    }
}
