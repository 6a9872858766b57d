using System.Collections;

namespace TorchSharp.Utils;

/// <summary>Elements of a CPU tensor in row-major order, read and written in place whatever the strides.</summary>
public sealed class TensorAccessor<T> : IEnumerable<T>, IDisposable
    where T : unmanaged
{
    private readonly torch.Tensor tensor;
    private readonly long[] shape, strides;
    private readonly bool contiguous;

    internal TensorAccessor(torch.Tensor tensor)
    {
        this.tensor = tensor;
        (shape, strides, contiguous) = (tensor.shape, tensor.stride(), tensor.is_contiguous());
        Count = tensor.numel();
    }

    public long Count { get; }

    public unsafe T this[params long[] indices]
    {
        get
        {
            var element = ((T*)tensor.DataPointer)[Offset(indices)];
            GC.KeepAlive(tensor);
            return element;
        }

        set
        {
            ((T*)tensor.DataPointer)[Offset(indices)] = value;
            GC.KeepAlive(tensor);
        }
    }

    public unsafe T[] ToArray()
    {
        var array = new T[Count];
        var data = (T*)tensor.DataPointer;
        if (contiguous) new ReadOnlySpan<T>(data, array.Length).CopyTo(array);
        else for (var i = 0; i < array.Length; i++) array[i] = data[Offset(i)];
        GC.KeepAlive(tensor);
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0) => ToArray().CopyTo(array, arrayIndex);

    public void CopyTo(Span<T> array) => ToArray().CopyTo(array);

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Nothing to release: the tensor stays its owner's.</summary>
    public void Dispose()
    {
    }

    private long Offset(long[] indices)
    {
        if (indices.Length == 1 && shape.Length != 1) return Offset(indices[0]);
        if (indices.Length != shape.Length) throw new ArgumentException($"{indices.Length} indices for {shape.Length} dimensions");
        var offset = 0L;
        for (var axis = 0; axis < indices.Length; axis++)
        {
            var index = indices[axis] < 0 ? indices[axis] + shape[axis] : indices[axis];
            if (index < 0 || index >= shape[axis]) throw new IndexOutOfRangeException($"index {indices[axis]} in dimension {axis} of size {shape[axis]}");
            offset += index * strides[axis];
        }
        return offset;
    }

    private long Offset(long flat)
    {
        if (flat < 0 || flat >= Count) throw new IndexOutOfRangeException($"index {flat} of {Count} elements");
        if (contiguous) return flat;
        var offset = 0L;
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            offset += flat % shape[axis] * strides[axis];
            flat /= shape[axis];
        }
        return offset;
    }
}
