using Research.TextVae.Kernels;
using Research.TextVae.Models.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Compression;

/// <summary>
/// y = x Wᵀ + b with W in int8 and one scale for each of its rows, dynamically quantised: each row of x is rounded to int8 by its own
/// largest magnitude when it comes, the products are summed as integers (Jacob et al. 2018, symmetric, without zero points).
/// </summary>
public sealed class Int8Linear : nn.Module<Tensor, Tensor>
{
    private const int Most = 127;

    private readonly Tensor weight;
    private readonly Tensor scale;
    private readonly Parameter? bias;

    /// <summary>Zeros, to be read from a file.</summary>
    public Int8Linear(long inputs, long outputs, bool hasBias)
        : base(nameof(Int8Linear))
    {
        weight = zeros(outputs, inputs, dtype: ScalarType.Int8);
        scale = zeros(outputs);
        bias = hasBias ? nn.Parameter(zeros(outputs), requires_grad: false) : null;
        RegisterComponents();
        this.KeepTensors();
    }

    /// <summary>b [outputs], where there is one.</summary>
    public Tensor? Bias => bias;

    /// <summary>W in the order that the native kernel reads it.</summary>
    internal PackedMatrix Packed => PackedMatrix.PackInt8(weight, scale);

    /// <summary>Rounds a matrix.</summary>
    /// <param name="weight">float32 [outputs, inputs].</param>
    /// <param name="bias">[outputs].</param>
    public static Int8Linear Quantize(Tensor weight, Tensor? bias)
    {
        ArgumentNullException.ThrowIfNull(weight);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var result = new Int8Linear(weight.shape[1], weight.shape[0], bias is not null);
        var (values, scale) = Quantize(weight);
        result.weight.copy_(values);
        result.scale.copy_(scale);
        if (bias is not null)
            result.bias!.copy_(bias);
        return result;
    }

    /// <summary>Rows of W as floats: the matrix as an embedding table.</summary>
    /// <param name="indices">int64 [batch].</param>
    /// <returns>[batch, inputs].</returns>
    public Tensor Rows(Tensor indices) =>
        weight.index_select(0, indices).to_type(ScalarType.Float32) * scale.index_select(0, indices).unsqueeze(1);

    /// <summary>The product in standard operators. Integers below 2⁵³ are exact in float64, so the sums are those of int32.</summary>
    /// <param name="x">[batch, inputs].</param>
    /// <returns>[batch, outputs].</returns>
    // y_ro = t_r s_o Σᵢ u_ri q_oi + b_o
    public override Tensor forward(Tensor x)
    {
        var (values, scales) = Quantize(x);
        var sums = values.to_type(ScalarType.Float64).matmul(weight.to_type(ScalarType.Float64).t());
        var y = sums.to_type(ScalarType.Float32) * (scales.unsqueeze(1) * scale);
        return bias is null ? y : y + bias;
    }

    // s = max |row| / 127, q = round(row / s); a row of zeros stays one.
    private static (Tensor Values, Tensor Scale) Quantize(Tensor rows)
    {
        var scale = rows.abs().amax([1]) / Most;
        return ((rows / scale.clamp_min(float.Epsilon).unsqueeze(1)).round(), scale);
    }
}
