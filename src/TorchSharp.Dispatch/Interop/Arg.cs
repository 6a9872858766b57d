using System.Text;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>
/// One argument of an operator call, made by implicit conversion, so that a call reads like the operator's signature.
/// It keeps the managed object alive until the call has returned.
/// </summary>
internal readonly struct Arg
{
    private readonly object? reference;
    private readonly long bits;
    private readonly Tag tag;

    private Arg(Tag tag, long bits = 0, object? reference = null) => (this.tag, this.bits, this.reference) = (tag, bits, reference);

    public static Arg None => default;

    /// <summary>The tensor this argument holds; an in-place operator returns it.</summary>
    public Tensor Tensor => (Tensor)reference!;

    public static implicit operator Arg(Tensor? value) => value is null ? None : new(Tag.Tensor, value.Handle, value);

    public static implicit operator Arg(long value) => new(Tag.Int, value);

    public static implicit operator Arg(long? value) => value is null ? None : new(Tag.Int, value.Value);

    public static implicit operator Arg(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Arg(double? value) => value is null ? None : (Arg)value.Value;

    public static implicit operator Arg(bool value) => new(Tag.Bool, value ? 1 : 0);

    public static implicit operator Arg(ScalarType value) => new(Tag.Int, (long)value);

    public static implicit operator Arg(ScalarType? value) => value is null ? None : new(Tag.Int, (long)value.Value);

    public static implicit operator Arg(Scalar? value) => value is null ? None : new(value.Tag, value.Bits);

    public static implicit operator Arg(string? value) => value is null ? None : new(Tag.String, 0, value);

    public static implicit operator Arg(long[]? value) => value is null ? None : new(Tag.IntList, 0, value);

    public static implicit operator Arg(ReadOnlySpan<long> value) => new(Tag.IntList, 0, value.ToArray());

    public static implicit operator Arg(double[]? value) => value is null ? None : new(Tag.DoubleList, 0, value);

    public static implicit operator Arg(Tensor[] value) => new(Tag.TensorList, 0, value);

    public static implicit operator Arg(Device? value) => value is null ? None : new(Tag.Device, 0, value);

    public static implicit operator Arg(Generator? value) => value is null ? None : new(Tag.Generator, value.Handle, value);

    /// <summary>A list in which null stands for "all of this dimension", as <c>aten::index</c> takes it.</summary>
    public static Arg Optional(Tensor?[] tensors) => new(Tag.OptionalTensorList, 0, tensors);

    /// <summary>Writes the native form; list elements go to <paramref name="scratch"/>.</summary>
    public unsafe void Write(Value* value, ref Scratch scratch)
    {
        value->Tag = tag;
        value->Count = 0;
        value->Integer = bits;
        switch (tag)
        {
            case Tag.IntList or Tag.DoubleList:
                var array = (Array)reference!;
                value->Count = array.Length;
                value->Pointer = scratch.Take(array.Length);
                if (array is long[] integers) integers.CopyTo(new Span<long>((void*)value->Pointer, array.Length));
                else ((double[])array).CopyTo(new Span<double>((void*)value->Pointer, array.Length));
                break;
            case Tag.TensorList or Tag.OptionalTensorList:
                var tensors = (Tensor?[])reference!;
                value->Count = tensors.Length;
                value->Pointer = scratch.Take(tensors.Length);
                for (var i = 0; i < tensors.Length; i++) ((IntPtr*)value->Pointer)[i] = tensors[i]?.Handle ?? IntPtr.Zero;
                break;
            case Tag.String:
                var text = Encoding.UTF8.GetBytes((string)reference!);
                value->Count = text.Length;
                value->Pointer = scratch.Take((text.Length + 7) / 8);
                text.CopyTo(new Span<byte>((void*)value->Pointer, text.Length));
                break;
            case Tag.Device:
                var device = (Device)reference!;
                value->Integer = (long)device.type;
                value->Count = device.index;
                break;
        }
    }
}
