using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// Keys and values side by side of the tokens written so far, [batch, capacity, 2 · width] a layer. States that follow each other share
/// one cache, which is written in place; a state that is continued a second time gets a copy, so that no state changes another.
/// </summary>
internal sealed class KeyValueCache
{
    private const long FewestPlaces = 32;

    private long used;
    private bool moved;

    private KeyValueCache(Tensor[] layers, long used) => (Layers, this.used) = (layers, used);

    /// <summary>Keys and values of each layer; places that are not used hold anything.</summary>
    public Tensor[] Layers { get; }

    private long Capacity => Layers[0].shape[1];

    /// <summary>A cache of no tokens.</summary>
    /// <param name="layers">Layers.</param>
    /// <param name="batch">Texts.</param>
    /// <param name="like">A tensor of the type and on the device that is wanted; its last axis is as wide as a key.</param>
    public static KeyValueCache Empty(int layers, long batch, Tensor like) => new(
        [.. Enumerable.Range(0, layers).Select(_ => empty([batch, FewestPlaces, 2 * like.shape[^1]], like.dtype, like.device))], 0) { moved = true };

    /// <summary>A cache that holds the first <paramref name="length"/> places and has room for one more, which is taken at once.</summary>
    public KeyValueCache Next(long length)
    {
        var next = used == length && length < Capacity ? this : Copy(length);
        next.used = length + 1;
        return next;
    }

    /// <summary>Writes a layer's key and value of one place; [batch, 1, 2 · width].</summary>
    /// <returns>Keys and values up to that place; [batch, place + 1, 2 · width].</returns>
    public Tensor Put(int layer, long place, Tensor keyValue)
    {
        Layers[layer].narrow(1, place, 1).copy_(keyValue);
        return Layers[layer].narrow(1, 0, place + 1);
    }

    /// <summary>A cache of its own for some of the texts.</summary>
    /// <param name="rows">int64 [rows].</param>
    /// <param name="length">Places that it takes over.</param>
    public KeyValueCache Select(Tensor rows, long length) =>
        new(Array.ConvertAll(Layers, layer => layer.index_select(0, rows)), length) { moved = true };

    /// <summary>Keeps tensors that were made in the current dispose scope past it; once, since following states share them.</summary>
    public void MoveToOuterDisposeScope()
    {
        if (moved)
            return;
        moved = true;
        foreach (var tensor in Layers)
            tensor.MoveToOuterDisposeScope();
    }

    private KeyValueCache Copy(long length)
    {
        var capacity = length < Capacity ? Capacity : 2 * Capacity;
        return new KeyValueCache(
            Array.ConvertAll(Layers, layer =>
            {
                var copy = empty([layer.shape[0], capacity, layer.shape[2]], layer.dtype, layer.device);
                copy.narrow(1, 0, length).copy_(layer.narrow(1, 0, length));
                return copy;
            }),
            length);
    }
}
