using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>
/// A weight W [out, in] in the order in which products read it, prepared once for many rows: what decoding multiplies by, token by token,
/// without gradients. A row's result does not depend on the rows beside it, so neither does a text on its batch.
/// </summary>
/// <remarks>Its memory is a tensor's, and belongs to the dispose scope in which it was made.</remarks>
public sealed unsafe partial class PackedMatrix
{
    private const int Int8 = 2; // textvae_precision; 0 and 1 are those of Precision

    private readonly int _format;

    private PackedMatrix(int format, long outputs, long inputs)
    {
        if (KernelLibrary.Missing is { } why)
            throw new NotSupportedException($"A packed matrix needs the kernels: {why}");
        (_format, Outputs, Inputs, Memory) = (format, outputs, inputs,
            empty(textvae_packed_bytes(format, outputs, inputs), dtype: ScalarType.Byte));
    }

    /// <summary>Rows of W.</summary>
    public long Outputs { get; }

    /// <summary>Columns of W.</summary>
    public long Inputs { get; }

    internal Tensor Memory { get; }

    /// <summary>Whether decoding by kernels serves weights like this one; where not, models decode in standard operators.</summary>
    public static bool Serves(Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return KernelLibrary.Serves(weight);
    }

    /// <param name="weight">float32 [out, in].</param>
    /// <param name="precision">bfloat16 has half the bytes to read per token.</param>
    /// <exception cref="NotSupportedException">There are no kernels, or the processor has no such products.</exception>
    public static PackedMatrix Pack(Tensor weight, Precision precision = Precision.Float32)
    {
        ArgumentNullException.ThrowIfNull(weight);
        Shapes.Require(weight.dim() == 2 && weight.dtype == ScalarType.Float32, nameof(weight), "must be Float32 [out, in]", weight);
        using var _ = no_grad();
        var w = KernelLibrary.Dense(weight);
        var packed = new PackedMatrix((int)precision, w.shape[0], w.shape[1]);
        KernelLibrary.Check(
            textvae_pack(get_num_threads(), (int)precision, packed.Outputs, packed.Inputs, KernelLibrary.Floats(w),
                KernelLibrary.Data(packed.Memory)));
        return packed;
    }

    /// <summary>
    /// W = diag(scale) · weight in int8. Products with it quantise each row x by its own largest magnitude, sum integers exactly and scale
    /// the sums (Jacob et al. 2018, symmetric).
    /// </summary>
    /// <param name="weight">int8 [out, in], within −127 and 127.</param>
    /// <param name="scale">float32 [out].</param>
    /// <exception cref="NotSupportedException">There are no kernels.</exception>
    public static PackedMatrix PackInt8(Tensor weight, Tensor scale)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(scale);
        Shapes.Require(weight.dim() == 2 && weight.dtype == ScalarType.Int8, nameof(weight), "must be an int8 matrix [out, in]", weight);
        Shapes.Require(scale.dim() == 1 && scale.shape[0] == weight.shape[0] && scale.dtype == ScalarType.Float32, nameof(scale),
            $"must be Float32 [{weight.shape[0]}]", scale);
        var (w, s) = (KernelLibrary.Dense(weight), KernelLibrary.Dense(scale));
        var packed = new PackedMatrix(Int8, w.shape[0], w.shape[1]);
        KernelLibrary.Check(
            textvae_pack_int8(get_num_threads(), packed.Outputs, packed.Inputs, (sbyte*)KernelLibrary.Data(w), KernelLibrary.Floats(s),
                KernelLibrary.Data(packed.Memory)),
            () => "weight must be within -127 and 127.");
        return packed;
    }

    /// <summary>y = x Wᵀ + b.</summary>
    /// <param name="input">x, float32 [batch, in].</param>
    /// <param name="bias">b [out], or none.</param>
    /// <param name="output">Takes y; float32 [batch, out].</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public void Multiply(Tensor input, Tensor? bias, Tensor output)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        RequireMatrix(input, nameof(input), input.shape[0], Inputs);
        RequireMatrix(output, nameof(output), input.shape[0], Outputs);
        RequireVector(bias, nameof(bias), Outputs);
        KernelLibrary.Check(textvae_packed_linear(
            get_num_threads(), _format, input.shape[0], Inputs, Outputs, KernelLibrary.Floats(input), KernelLibrary.Data(Memory),
            KernelLibrary.Floats(bias), KernelLibrary.Floats(output)));
    }

    /// <summary>One time step of an LSTM layer, gates in the order i, f, g, o, whose input and hidden weights lie in this matrix side by
    /// side.</summary>
    /// <param name="input">float32 [batch, in].</param>
    /// <param name="hidden">Changed; float32 [batch, hidden].</param>
    /// <param name="cell">Changed; float32 [batch, hidden].</param>
    /// <param name="bias">Both biases together; [4 · hidden].</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public void LstmStep(Tensor input, Tensor hidden, Tensor cell, Tensor bias)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(bias);
        var (batch, width) = (input.shape[0], Outputs / 4);
        RequireMatrix(input, nameof(input), batch, Inputs - width);
        RequireMatrix(hidden, nameof(hidden), batch, width);
        RequireMatrix(cell, nameof(cell), batch, width);
        RequireVector(bias, nameof(bias), Outputs);
        KernelLibrary.Check(textvae_lstm_step(
            get_num_threads(), _format, batch, Inputs - width, width, KernelLibrary.Floats(input), KernelLibrary.Floats(hidden),
            KernelLibrary.Floats(cell), KernelLibrary.Data(Memory),
            KernelLibrary.Floats(bias)));
    }

    private static void RequireMatrix(Tensor tensor, string argument, long rows, long columns) => Shapes.Require(
        KernelLibrary.Serves(tensor) && tensor.dim() == 2 && tensor.is_contiguous() && tensor.shape[0] == rows
            && tensor.shape[1] == columns, argument, $"must be contiguous Float32 [{rows}, {columns}]", tensor);

    private static void RequireVector(Tensor? tensor, string argument, long size) => Shapes.Require(
        tensor is null || (KernelLibrary.Serves(tensor) && tensor.dim() == 1 && tensor.is_contiguous() && tensor.shape[0] == size),
        argument, $"must be contiguous Float32 [{size}]", tensor);

    [LibraryImport(KernelLibrary.Name)]
    private static partial long textvae_packed_bytes(int precision, long outputs, long inputs);

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_pack(int threads, int precision, long outputs, long inputs, float* w, void* packed);

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_pack_int8(int threads, long outputs, long inputs, sbyte* q, float* scale, void* packed);

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_packed_linear(
        int threads, int precision, long rows, long inputs, long outputs, float* x, void* packed, float* b, float* y);

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_lstm_step(
        int threads, int precision, long rows, long inputs, long hidden, float* x, float* h, float* c, void* packed, float* bias);
}
