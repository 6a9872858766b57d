using Research.TextVae.Kernels;
using Research.TextVae.Models.Layers;
using Research.TextVae.Tests.PyTorch;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

public sealed class PackedMatrixTests
{
    /// <summary>One row and many; edges of every kind; several passes over the depth.</summary>
    public static TheoryData<int, int, int> Sizes => new() { { 1, 7, 301 }, { 30, 33, 64 }, { 13, 1031, 5 }, { 1, 1, 1 } };

    [KernelTheory]
    [MemberData(nameof(Sizes))]
    public void A_product_is_that_of_standard_operators(int rows, int inputs, int outputs)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        manual_seed(40);
        var (x, w, b) = (randn(rows, inputs), KernelAssert.Scattered(randn(outputs, inputs) / Math.Sqrt(inputs)), randn(outputs));
        foreach (var precision in Precisions())
        {
            var packed = PackedMatrix.Pack(w, precision);
            Assert.Equal((outputs, inputs), (packed.Outputs, packed.Inputs));
            // In bfloat16 the factors are rounded; the sums are float32's either way.
            var type = precision == Precision.Float32 ? ScalarType.Float32 : ScalarType.BFloat16;
            Tensor Factor(Tensor factor) => factor.to(type).to(ScalarType.Float64);
            var expected = Factor(x).matmul(Factor(w).t());
            TensorAssert.Close(expected, Product(packed, x, null), 3e-6, $"{precision} without bias");
            TensorAssert.Close(expected + b.to(ScalarType.Float64), Product(packed, x, b), 3e-6, $"{precision} with bias");
            RowsStandAlone(packed, x, b);
        }
    }

    /// <summary>Each output against the same rounding and the same sum written out in 32-bit integers.</summary>
    [KernelTheory]
    [InlineData(1, 5, 3)]
    [InlineData(1, 192, 1000)]
    [InlineData(7, 67, 81)]
    [InlineData(33, 1031, 130)]
    public void An_int8_product_is_the_exact_sum_of_integers_scaled(int rows, int inputs, int outputs)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        manual_seed(50);
        var x = randn(rows, inputs);
        x[rows / 2].mul_(1000); // a row's scale is its own
        x[0].fill_(1);
        var (weight, scale, bias) = (randint(-127, 128, [outputs, inputs]).to_type(ScalarType.Int8), rand(outputs) + 0.1, randn(outputs));
        weight[0].fill_(127); // the largest sums there can be, of one sign
        weight[^1].fill_(-127);
        var packed = PackedMatrix.PackInt8(weight, scale);

        var y = Product(packed, x, bias);

        var (q, s, b) = (weight.data<sbyte>().ToArray(), scale.data<float>().ToArray(), bias.data<float>().ToArray());
        for (var r = 0; r < rows; r++)
        {
            var row = x[r].data<float>().ToArray();
            var step = row.Max(Math.Abs) / 127;
            var u = Array.ConvertAll(row, value => (int)MathF.Round(value / step));
            var actual = y[r].data<float>().ToArray();
            for (var o = 0; o < outputs; o++)
            {
                var sum = 0;
                for (var k = 0; k < inputs; k++)
                    sum = checked(sum + (u[k] * q[(o * inputs) + k]));
                Assert.Equal((sum * (step * s[o])) + b[o], actual[o], 5e-7 * (1 + Math.Abs(sum * step * s[o])));
            }
        }

        RowsStandAlone(packed, x, bias);
        TensorAssert.Identical(bias.expand(2, outputs).contiguous(), Product(packed, zeros(2, inputs), bias), "rows of zeros");
    }

    /// <summary>Step by step in place, the states of the layer over the whole sequence.</summary>
    [KernelTheory]
    [InlineData(19, 11, 37)]
    [InlineData(1, 1, 1)]
    public void Steps_of_an_LSTM_are_the_layers(int batch, int inputs, int hidden)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        manual_seed(41);
        const int time = 5;
        using var layer = new RecurrentLayer(inputs, hidden);
        var (weight, bias) = layer.Joined(0);
        var x = randn(batch, time, inputs);
        foreach (var precision in Precisions())
        {
            layer.Precision = precision;
            var (expected, after) = layer.call(x);
            var packed = PackedMatrix.Pack(weight, precision);
            Tensor[] Run(int first, int count)
            {
                var (h, c) = (zeros(count, hidden), zeros(count, hidden));
                for (var t = 0; t < time; t++)
                    packed.LstmStep(x.narrow(0, first, count).select(1, t).contiguous(), h, c, bias);
                return [h, c];
            }

            KernelAssert.ThreadsChangeNothing(() => Run(0, batch));
            var all = Run(0, batch);
            TensorAssert.Close(expected.select(1, time - 1), all[0], 6e-7, $"h in {precision}");
            TensorAssert.Close(after.Cell![0], all[1], 6e-7, $"c in {precision}");
            foreach (var first in new[] { 0, batch / 2 })
                TensorAssert.Identical(all[0].narrow(0, first, batch - first), Run(first, batch - first)[0], $"rows from {first}");
            TensorAssert.Identical(all[0].narrow(0, 0, 1), Run(0, 1)[0], "the first row alone");
        }
    }

    [KernelFact]
    public void A_weight_beyond_127_is_refused()
    {
        using var scope = NewDisposeScope();
        var error = Assert.ThrowsAny<ArgumentException>(() => PackedMatrix.PackInt8(full([20, 6], -128, dtype: ScalarType.Int8), ones(20)));
        Assert.Contains("within -127 and 127", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<Precision> Precisions() =>
        KernelLibrary.HasBFloat16 ? [Precision.Float32, Precision.BFloat16] : [Precision.Float32];

    private static Tensor Product(PackedMatrix packed, Tensor x, Tensor? bias)
    {
        var y = full([x.shape[0], packed.Outputs], float.NaN);
        packed.Multiply(x, bias, y);
        return y;
    }

    // Neither the rows beside it nor threads change a bit of a row.
    private static void RowsStandAlone(PackedMatrix packed, Tensor x, Tensor bias)
    {
        KernelAssert.ThreadsChangeNothing(() => [Product(packed, x, bias)]);
        var all = Product(packed, x, bias);
        for (var row = 0; row < x.shape[0]; row++)
            TensorAssert.Identical(all.narrow(0, row, 1), Product(packed, x.narrow(0, row, 1), bias), $"row {row} alone");
    }
}
