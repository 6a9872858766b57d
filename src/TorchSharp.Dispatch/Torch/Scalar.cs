using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>A number given to an operator, with the type it had in C#: an integer does not turn an integer tensor into a real one.</summary>
public sealed class Scalar : IDisposable
{
    internal Tag Tag { get; }

    internal long Bits { get; }

    private Scalar(torch.ScalarType type, Tag tag, long bits) => (Type, Tag, Bits) = (type, tag, bits);

    public torch.ScalarType Type { get; }

    /// <summary>Element type of a tensor filled with this value.</summary>
    internal torch.ScalarType TensorType => Tag switch
    {
        Tag.Bool => torch.ScalarType.Bool,
        Tag.Int => torch.ScalarType.Int64,
        _ => torch.get_default_dtype(),
    };

    internal double Real => Tag == Tag.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    internal long Integer => Tag == Tag.Double ? (long)Real : Bits;

    public static implicit operator Scalar(byte value) => new(torch.ScalarType.Byte, Tag.Int, value);

    public static implicit operator Scalar(sbyte value) => new(torch.ScalarType.Int8, Tag.Int, value);

    public static implicit operator Scalar(short value) => new(torch.ScalarType.Int16, Tag.Int, value);

    public static implicit operator Scalar(int value) => new(torch.ScalarType.Int32, Tag.Int, value);

    public static implicit operator Scalar(long value) => new(torch.ScalarType.Int64, Tag.Int, value);

    public static implicit operator Scalar(float value) => new(torch.ScalarType.Float32, Tag.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Scalar(double value) => new(torch.ScalarType.Float64, Tag.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Scalar(bool value) => new(torch.ScalarType.Bool, Tag.Bool, value ? 1 : 0);

    /// <summary>Nothing to release: TorchSharp's scalars are native, these are not.</summary>
    public void Dispose()
    {
    }
}
