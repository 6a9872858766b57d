using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// Keys and values of the tokens written so far, [batch, 2 · heads, capacity, width / heads] a layer, the keys of all heads before the
/// values: what a head reads lies in one piece. States that follow each other share one cache, which is written in place; a state
/// that is continued a second time gets a copy, so that no state changes another.
/// </summary>
internal sealed class KeyValueCache
{
    private const long FewestPlaces = 32;
    private const int Places = 2; // the axis

    private long _used;
    private bool _moved;

    private KeyValueCache(Tensor[] layers, long used) => (Layers, _used) = (layers, used);

    /// <summary>Keys and values of each layer; places that are not used hold anything.</summary>
    public Tensor[] Layers { get; }

    private long Capacity => Layers[0].shape[Places];

    /// <summary>A cache of no tokens.</summary>
    /// <param name="layers">Layers.</param>
    /// <param name="batch">Texts.</param>
    /// <param name="heads">Parts of the width that attend apart.</param>
    /// <param name="like">A tensor of the required type and device; its last axis is as wide as a key.</param>
    public static KeyValueCache Empty(int layers, long batch, int heads, Tensor like) => new(
        [.. Enumerable.Range(0, layers)
            .Select(_ => empty([batch, 2 * heads, FewestPlaces, like.shape[^1] / heads], like.dtype, like.device))], 0)
    { _moved = true };

    /// <summary>A cache that holds the first <paramref name="length"/> places and has room for one more, which is taken at once.</summary>
    public KeyValueCache Next(long length)
    {
        var next = _used == length && length < Capacity ? this : Copy(length);
        next._used = length + 1;
        return next;
    }

    /// <summary>Writes a layer's key and value of one place; [batch, 1, 2 · width].</summary>
    /// <returns>Keys and values up to that place; [batch, place + 1, 2 · width].</returns>
    public Tensor Put(int layer, long place, Tensor keyValue)
    {
        var (batch, parts, width) = (keyValue.shape[0], Layers[layer].shape[1], keyValue.shape[2]);
        Layers[layer].select(Places, place).copy_(keyValue.view(batch, parts, width / parts));
        return Layers[layer].narrow(Places, 0, place + 1).transpose(1, 2).reshape(batch, place + 1, width);
    }

    /// <summary>A cache of its own for some of the texts.</summary>
    /// <param name="rows">int64 [rows].</param>
    /// <param name="length">Places that it takes over.</param>
    public KeyValueCache Select(Tensor rows, long length) =>
        new(Array.ConvertAll(Layers, layer => layer.index_select(0, rows)), length) { _moved = true };

    /// <summary>Keeps tensors that were made in the current dispose scope past it; once, since following states share them.</summary>
    public void MoveToOuterDisposeScope()
    {
        if (_moved)
            return;
        _moved = true;
        foreach (var tensor in Layers)
            tensor.MoveToOuterDisposeScope();
    }

    private KeyValueCache Copy(long length)
    {
        var capacity = length < Capacity ? Capacity : 2 * Capacity;
        return new KeyValueCache(
            Array.ConvertAll(Layers, layer =>
            {
                var copy = empty([layer.shape[0], layer.shape[1], capacity, layer.shape[3]], layer.dtype, layer.device);
                copy.narrow(Places, 0, length).copy_(layer.narrow(Places, 0, length));
                return copy;
            }),
            length);
    }
}
