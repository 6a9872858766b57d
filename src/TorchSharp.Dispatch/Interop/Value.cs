using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

internal enum Tag
{
    None, Tensor, Int, Double, Bool, IntList, DoubleList, TensorList, OptionalTensorList, String, Device, Generator,
}

/// <summary>An argument or a result as bridge.cpp sees it.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct Value
{
    [FieldOffset(0)] public Tag Tag;

    /// <summary>Elements of a list, index of a device, kibibytes of a returned tensor.</summary>
    [FieldOffset(4)] public int Count;

    [FieldOffset(8)] public long Integer;
    [FieldOffset(8)] public double Real;
    [FieldOffset(8)] public IntPtr Pointer;
}
