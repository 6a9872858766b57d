using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>
/// Where the results of kernels lie: large ones in blocks of their own, which go to the next result of about their size. LibTorch's
/// allocator takes them from the C library, whose memory grows by half as much again as is in use, or loses its pages between two steps.
/// </summary>
internal static unsafe partial class ResultMemory
{
    // Bytes of a result with a block of its own.
    private const long Least = 1 << 20;
    private const sbyte Float32 = (sbyte)ScalarType.Float32;

    private static readonly Lazy<nint> GiveBack = new(() => NativeLibrary.GetExport(KernelLibrary.Handle, "textvae_give_back_block"));

    /// <summary>An uninitialised float32 tensor in the main memory.</summary>
    public static Tensor Empty(params long[] shape)
    {
        var bytes = shape.Aggregate((long)sizeof(float), (size, axis) => size * axis);
        if (bytes < Least)
            return empty(shape);
        var block = textvae_take_block(bytes);
        if (block == null)
            throw new InsufficientMemoryException(
                $"A result of [{string.Join(", ", shape)}] needs {bytes} bytes, which the system does not have.");
        fixed (long* sizes = shape)
        {
            var handle = THSTensor_new(block, GiveBack.Value, sizes, shape.Length, Float32, Float32, (int)DeviceType.CPU, -1, 0);
            return Tensor.UnsafeCreateTensor(handle);
        }
    }

    [LibraryImport(KernelLibrary.Name)]
    private static partial void* textvae_take_block(long bytes);

    [LibraryImport(KernelLibrary.TorchSharpName)]
    private static partial nint THSTensor_new(
        void* data, nint deleter, long* sizes, int dimensions, sbyte elementType, sbyte type, int deviceType, int deviceIndex,
        byte requiresGradient);
}
