using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Kernels;

public sealed class Int8KernelTests
{
    /// <summary>Each output against the same rounding and the same sum written out in 32-bit integers.</summary>
    [Theory]
    [InlineData(1, 5, 3)]
    [InlineData(1, 192, 1000)]
    [InlineData(7, 67, 81)]
    [InlineData(33, 1031, 130)]
    public void AProductIsTheExactSumOfIntegersScaled(int rows, int inputs, int outputs)
    {
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        manual_seed(50);
        var x = randn(rows, inputs);
        x[rows / 2] *= 1000; // a row's scale is its own
        var (weight, scale, bias) = (randint(-127, 128, [outputs, inputs]).to_type(ScalarType.Int8), rand(outputs) + 0.1, randn(outputs));
        weight[0].fill_(127); // the largest sums there can be, of one sign
        x[0].fill_(1);
        var (packed, y) = (NativeKernels.PackInt8(weight, scale), empty(rows, outputs));

        NativeKernels.PackedLinear(x, packed, bias, y);

        Assert.True(packed.dtype == ScalarType.Int8);
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
                Assert.Equal((sum * (step * s[o])) + b[o], actual[o], 1e-5 * (1 + Math.Abs(sum * step * s[o])));
            }

            var alone = empty(1, outputs);
            NativeKernels.PackedLinear(x.narrow(0, r, 1), packed, bias, alone);
            TensorAssert.Identical(y.narrow(0, r, 1), alone, $"row {r} alone");
        }
    }

    [Fact]
    public void ARowOfZerosGivesTheBias()
    {
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        var (packed, y) = (NativeKernels.PackInt8(ones(20, 6, dtype: ScalarType.Int8), ones(20)), empty(2, 20));
        NativeKernels.PackedLinear(zeros(2, 6), packed, arange(20).to_type(ScalarType.Float32), y);
        TensorAssert.Identical(arange(20).to_type(ScalarType.Float32).expand(2, 20).contiguous(), y);
    }

    [Fact]
    public void WhatDoesNotFitIsNamed()
    {
        using var scope = NewDisposeScope();
        var packed = NativeKernels.PackInt8(ones(20, 6, dtype: ScalarType.Int8), ones(20));
        Assert.Contains("is not one of [20, 40]", Assert.ThrowsAny<ExternalException>(() => NativeKernels.PackedLinear(zeros(2, 40), packed, null, empty(2, 20))).Message, StringComparison.Ordinal);
        Assert.Contains("scales must be float32 [20]", Assert.ThrowsAny<ExternalException>(() => NativeKernels.PackInt8(ones(20, 6, dtype: ScalarType.Int8), ones(6))).Message, StringComparison.Ordinal);
        Assert.Contains("within -127 and 127", Assert.ThrowsAny<ExternalException>(() => NativeKernels.PackInt8(full([20, 6], -128, dtype: ScalarType.Int8), ones(20))).Message, StringComparison.Ordinal);
        Assert.Contains("int8 matrix", Assert.ThrowsAny<ExternalException>(() => NativeKernels.PackInt8(ones(20, 6), ones(20))).Message, StringComparison.Ordinal);
    }
}
