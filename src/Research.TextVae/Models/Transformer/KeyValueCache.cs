using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// Keys and values of the tokens written so far, [batch, capacity, width] a layer. States that follow each other share
/// one cache, which is written in place; a state that is continued a second time gets a copy, so that no state changes another.
/// </summary>
internal sealed class KeyValueCache
{
    private const long FewestPlaces = 32;

    private readonly Tensor[] keys;
    private readonly Tensor[] values;
    private long used;
    private bool moved;

    private KeyValueCache(Tensor[] keys, Tensor[] values, long used) => (this.keys, this.values, this.used) = (keys, values, used);

    /// <summary>Keys of each layer; places from the last used one on hold anything.</summary>
    public Tensor[] Keys => keys;

    /// <summary>Values of each layer.</summary>
    public Tensor[] Values => values;

    private long Capacity => keys[0].shape[1];

    /// <summary>A cache of no tokens.</summary>
    /// <param name="layers">Layers.</param>
    /// <param name="batch">Texts.</param>
    /// <param name="like">A tensor of the type and on the device that is wanted; its last axis is as wide as a key.</param>
    public static KeyValueCache Empty(int layers, long batch, Tensor like)
    {
        Tensor[] Room() => [.. Enumerable.Range(0, layers).Select(_ => empty([batch, FewestPlaces, like.shape[^1]], like.dtype, like.device))];
        return new KeyValueCache(Room(), Room(), 0);
    }

    /// <summary>A cache that holds the first <paramref name="length"/> places and has room for one more, which is taken at once.</summary>
    public KeyValueCache Next(long length)
    {
        var next = used == length && length < Capacity ? this : Copy(length);
        next.used = length + 1;
        return next;
    }

    /// <summary>Writes a layer's key and value of one place; [batch, 1, width].</summary>
    /// <returns>Keys and values up to that place; [batch, place + 1, width].</returns>
    public (Tensor Keys, Tensor Values) Put(int layer, long place, Tensor key, Tensor value)
    {
        keys[layer].narrow(1, place, 1).copy_(key);
        values[layer].narrow(1, place, 1).copy_(value);
        return (keys[layer].narrow(1, 0, place + 1), values[layer].narrow(1, 0, place + 1));
    }

    /// <summary>Keeps the tensors past the current dispose scope; once is enough, since they are shared.</summary>
    public void MoveToOuterDisposeScope()
    {
        if (moved)
            return;
        moved = true;
        foreach (var tensor in keys.Concat(values))
            tensor.MoveToOuterDisposeScope();
    }

    private KeyValueCache Copy(long length)
    {
        var capacity = length < Capacity ? Capacity : 2 * Capacity;
        Tensor[] Copies(Tensor[] from) => Array.ConvertAll(from, tensor =>
        {
            var copy = empty([tensor.shape[0], capacity, tensor.shape[2]], tensor.dtype, tensor.device);
            copy.narrow(1, 0, length).copy_(tensor.narrow(1, 0, length));
            return copy;
        });
        return new KeyValueCache(Copies(keys), Copies(values), length);
    }
}
