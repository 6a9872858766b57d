using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using TorchSharp.Interop;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The elements in row-major order; of a tensor on the CPU whose element type is <typeparamref name="T"/>.</summary>
        public TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            ValidateType(typeof(T));
            if (device_type != DeviceType.CPU)
                throw new InvalidOperationException($"The tensor is on {device}; copy it with cpu() before reading its elements.");
            return new TensorAccessor<T>(this);
        }

        /// <summary>The value of a tensor of one element.</summary>
        public T item<T>()
            where T : unmanaged
        {
            if (NumberOfElements != 1) throw new ArgumentException($"item() needs one element; the tensor has {NumberOfElements}.");
            ValidateType(typeof(T));
            if (device_type == DeviceType.CPU) return Read<T>();
            using var local = cpu();
            return local.Read<T>();
        }

        /// <summary>The value of a tensor of one element, whatever its type.</summary>
        public Scalar ToScalar()
        {
            using var plain = detach();
            if (is_floating_point()) return Converted<double>(ScalarType.Float64, plain);
            return dtype == ScalarType.Bool ? Converted<bool>(ScalarType.Bool, plain) : Converted<long>(ScalarType.Int64, plain);

            static T Converted<T>(ScalarType type, Tensor tensor)
                where T : unmanaged
            {
                using var converted = tensor.to(type);
                return converted.item<T>();
            }
        }

        /// <summary>Raw bytes of a contiguous tensor on the CPU.</summary>
        public unsafe Span<byte> bytes
        {
            get
            {
                if (!is_contiguous() || device_type != DeviceType.CPU)
                    throw new InvalidOperationException("bytes needs a contiguous tensor on the CPU; call cpu().contiguous() first.");
                return new Span<byte>((void*)DataPointer, checked((int)(NumberOfElements * ElementSize)));
            }

            set
            {
                var target = bytes;
                if (target.Length != value.Length) throw new ArgumentException($"The tensor has {target.Length} bytes, {value.Length} were given.");
                value.CopyTo(target);
            }
        }

        internal IntPtr DataPointer => Kept(Native.textvae_tensor_data(Handle));

        private unsafe T Read<T>()
            where T : unmanaged => Kept(Unsafe.ReadUnaligned<T>((void*)DataPointer));

        internal void ValidateType(Type type)
        {
            if (ToScalarType(type) != dtype)
                throw new ArgumentException($"{type.Name} is not the element type of a tensor of {dtype}; convert it first, for example with to_type(ScalarType.{ToScalarType(type)}).");
        }

        /// <summary>Type and shape, such as <c>[2x3], type = Float32, device = cpu</c>.</summary>
        public override string ToString() =>
            IsInvalid ? "disposed" : $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        /// <summary>Type, shape and the elements, the middle of long dimensions left out.</summary>
        public string ToString(bool withData, string fltFormat = "g5")
        {
            if (!withData) return ToString();
            using var scope = NewDisposeScope();
            var values = detach().cpu().to(ScalarType.Float64).contiguous();
            var text = new StringBuilder(ToString()).Append('\n');
            Print(text, values.data<double>().ToArray(), shape, 0, 0, fltFormat);
            return text.ToString();
        }

        public string cstr() => ToString(withData: true);

        private static int Print(StringBuilder text, double[] values, long[] shape, int axis, int offset, string format)
        {
            const int Edge = 4;
            if (axis == shape.Length)
            {
                text.Append(values[offset].ToString(format, CultureInfo.InvariantCulture));
                return offset + 1;
            }
            var inner = shape[(axis + 1)..].Aggregate(1L, (a, b) => a * b);
            text.Append('[');
            for (var i = 0; i < shape[axis]; i++)
            {
                var skipped = shape[axis] > 2 * Edge && i == Edge;
                if (i > 0) text.Append(axis == shape.Length - 1 ? " " : "\n" + new string(' ', axis + 1));
                if (skipped) text.Append("... ");
                if (skipped) i = (int)shape[axis] - Edge;
                Print(text, values, shape, axis + 1, offset + (int)(i * inner), format);
            }
            text.Append(']');
            return offset;
        }
    }
}
