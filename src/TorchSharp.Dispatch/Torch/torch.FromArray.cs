using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A tensor of the shape and elements of an array of any rank. The elements are copied.</summary>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false)
    {
        var type = ToScalarType(rawArray.GetType().GetElementType()!);
        var shape = new long[rawArray.Rank];
        for (var axis = 0; axis < shape.Length; axis++) shape[axis] = rawArray.GetLongLength(axis);
        var tensor = empty(shape, type);
        var bytes = checked((int)(rawArray.LongLength * tensor.ElementSize));
        MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(rawArray), bytes).CopyTo(tensor.bytes);
        return Finish(tensor, dtype, device, requires_grad);
    }

    private static Tensor FromSpan<T>(ReadOnlySpan<T> values, long[] shape, ScalarType? dtype, Device? device, bool requires_grad)
        where T : unmanaged
    {
        var count = shape.Aggregate(1L, (a, b) => a * b);
        if (count != values.Length) throw new ArgumentException($"{values.Length} values for shape [{string.Join(", ", shape)}]");
        var tensor = empty(shape, ToScalarType(typeof(T)));
        MemoryMarshal.AsBytes(values).CopyTo(tensor.bytes);
        return Finish(tensor, dtype, device, requires_grad);
    }

    private static Tensor Finish(Tensor tensor, ScalarType? dtype, Device? device, bool requires_grad)
    {
        if (dtype is { } type && type != tensor.dtype) tensor = tensor.to(type, disposeAfter: true);
        if (device is not null && device.type != DeviceType.CPU) tensor = tensor.to(device, disposeAfter: true);
        return requires_grad ? tensor.requires_grad_() : tensor;
    }
}
