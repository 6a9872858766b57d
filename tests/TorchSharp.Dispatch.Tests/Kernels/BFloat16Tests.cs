using System.Runtime.InteropServices;
using TorchSharp.Interop;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Kernels;

/// <summary>
/// Rounding to bfloat16 changes a factor by at most u = 2⁻⁹ of itself, uniformly spread errors by u/√3 on average, a product of two by
/// √2 u/√3 ≈ 0.0016; errors of different terms are independent, so a sum keeps that share of its norm where its terms have random
/// signs. A handful of products in a row, as a recurrence or a gradient has, stays below 1e-2.
/// </summary>
public sealed class BFloat16Tests : IDisposable
{
    private const double Tolerance = 1e-2;

    public void Dispose()
    {
        if (NativeKernels.HasBFloat16) NativeKernels.MatmulPrecision = MatmulPrecision.Float32;
    }

    [Fact]
    public void AProcessorWithoutItRefuses()
    {
        if (NativeKernels.HasBFloat16)
        {
            NativeKernels.MatmulPrecision = MatmulPrecision.BFloat16;
            Assert.Equal(MatmulPrecision.BFloat16, NativeKernels.MatmulPrecision);
        }
        else
        {
            Assert.Contains("AVX512_BF16", Assert.ThrowsAny<ExternalException>(() => NativeKernels.MatmulPrecision = MatmulPrecision.BFloat16).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Shapes with every kind of edge: odd depth, a part of a panel, a last block of another height, one row, several passes over k.</summary>
    [Theory]
    [InlineData(29, 301, 1025)]
    [InlineData(1, 5000, 1001)]
    [InlineData(45, 33, 5003)]
    public void ProductsAreThoseOfRoundedFactors(int rows, int width, int depth)
    {
        if (!NativeKernels.HasBFloat16) return;
        using var scope = NewDisposeScope();
        manual_seed(30);
        var (x, w) = (randn(rows, depth).requires_grad_(), randn(width, depth).requires_grad_());
        var upstream = randn(rows, width);

        NativeKernels.MatmulPrecision = MatmulPrecision.BFloat16;
        var y = Op.Call("textvae::linear", x, w, (Tensor?)null);
        var gradients = autograd.grad([y], [x, w], [upstream]);

        using var inference = no_grad();
        static Tensor Exact(Tensor a, Tensor b) => Rounded(a).matmul(Rounded(b));
        // Only the order of float32 sums differs: √depth · 2⁻²⁴ of the terms' common size √depth.
        double OfSum(double terms) => 2e-7 * terms;
        TensorAssert.Close(Exact(x, w.t()), y.to(ScalarType.Float64), OfSum(depth), "the product");
        TensorAssert.Close(Exact(upstream, w), gradients[0].to(ScalarType.Float64), OfSum(width), "the gradient of x");
        TensorAssert.Close(Exact(upstream.t(), x), gradients[1].to(ScalarType.Float64), OfSum(Math.Max(rows, 20)), "the gradient of w");
    }

    [Fact]
    public void TheLstmIsCloseToFloat32()
    {
        if (!NativeKernels.HasBFloat16) return;
        using var scope = NewDisposeScope();
        manual_seed(31);
        var (batch, time, width, hidden) = (33, 12, 47, 65);
        long[][] shapes = [[batch, time, width], [batch, hidden], [batch, hidden], [4 * hidden, width], [4 * hidden, hidden], [4 * hidden], [4 * hidden]];
        var a = shapes.Select((shape, i) => (randn(shape) * (i < 3 ? 1 : 0.1)).detach().requires_grad_()).ToArray();
        var upstream = randn(batch, time, hidden);

        Tensor[] Run()
        {
            var (output, h, c) = Op.Call3("textvae::lstm", a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
            return [output, h, c, .. autograd.grad([(output * upstream).sum() + h.sum() + c.sum()], a)];
        }

        AreClose(InFloat32(Run), InBFloat16(Run));
        Tensor inference;
        using (no_grad())
            inference = InBFloat16(() => [Op.Call3("textvae::lstm", a[0], a[1], a[2], a[3], a[4], a[5], a[6]).Item1])[0];
        AreClose([InFloat32(Run)[0]], [inference]);
    }

    [Fact]
    public void LinearCrossEntropyIsCloseToFloat32()
    {
        if (!NativeKernels.HasBFloat16) return;
        using var scope = NewDisposeScope();
        manual_seed(32);
        var (tokens, hidden, vocabulary) = (900, 65, 1037);
        Tensor[] p = [randn(tokens, hidden).requires_grad_(), (randn(vocabulary, hidden) * 0.1).detach().requires_grad_(), randn(vocabulary).requires_grad_()];
        var (target, weight) = (randint(0, vocabulary, [tokens]), rand(tokens) * (rand(tokens) > 0.3));

        Tensor[] Run()
        {
            var (sum, losses) = NativeKernels.LinearCrossEntropy(p[0], p[1], p[2], target, weight);
            return [sum, losses, .. autograd.grad([sum], p)];
        }

        AreClose(InFloat32(Run), InBFloat16(Run));
    }

    [Fact]
    public void ABackwardPassKeepsToTheModeOfItsForwardPass()
    {
        if (!NativeKernels.HasBFloat16) return;
        using var scope = NewDisposeScope();
        manual_seed(33);
        var (x, w) = (randn(8, 5, 40).requires_grad_(), randn(64, 40).requires_grad_());
        var (recurrent, state) = (randn(64, 16), zeros(8, 16));

        Tensor[] Gradients(MatmulPrecision forward, MatmulPrecision backward)
        {
            NativeKernels.MatmulPrecision = forward;
            var output = Op.Call3("textvae::lstm", x, state, state, w, recurrent, (Tensor?)null, (Tensor?)null).Item1.sum();
            NativeKernels.MatmulPrecision = backward;
            return [.. autograd.grad([output], [x, w])];
        }

        var mixed = Gradients(MatmulPrecision.BFloat16, MatmulPrecision.Float32);
        var pure = Gradients(MatmulPrecision.BFloat16, MatmulPrecision.BFloat16);
        for (var i = 0; i < mixed.Length; i++) TensorAssert.Identical(pure[i], mixed[i], $"gradient {i}");
    }

    /// <summary>A small language model learns the same sequence equally well in both modes.</summary>
    [Fact]
    public void TrainingFollowsTheSameCurve()
    {
        if (!NativeKernels.HasBFloat16) return;
        double[] Curve()
        {
            using var scope = NewDisposeScope();
            manual_seed(34);
            using var table = nn.Embedding(50, 32);
            using var lstm = nn.LSTM(32, 48, batchFirst: true);
            using var output = nn.Linear(48, 50);
            Parameter[] parameters = [.. table.parameters(), .. lstm.parameters(), .. output.parameters()];
            using var optimizer = optim.Adam(parameters, 0.01);
            var text = (arange(16 * 13) * 7 % 50).view(16, 13);
            var losses = new double[60];
            for (var step = 0; step < losses.Length; step++)
            {
                using var inner = NewDisposeScope();
                var (states, _, _) = lstm.call(table.call(text.narrow(1, 0, 12)));
                var (sum, _) = NativeKernels.LinearCrossEntropy(
                    states.flatten(0, 1), output.weight!, output.bias, text.narrow(1, 1, 12).flatten(), ones(16 * 12));
                optimizer.zero_grad();
                (sum / (16 * 12)).backward();
                optimizer.step();
                losses[step] = sum.item<float>() / (16 * 12);
            }
            return losses;
        }

        NativeKernels.MatmulPrecision = MatmulPrecision.Float32;
        var exact = Curve();
        NativeKernels.MatmulPrecision = MatmulPrecision.BFloat16;
        var rounded = Curve();
        Assert.True(exact[^1] < 0.1 * exact[0], $"float32 did not learn: {exact[0]} to {exact[^1]}");
        for (var step = 0; step < exact.Length; step++)
            Assert.InRange(rounded[step], exact[step] - 0.03 * exact[0], exact[step] + 0.03 * exact[0]);
    }

    private static Tensor Rounded(Tensor x) => x.to(ScalarType.BFloat16).to(ScalarType.Float64);

    private static Tensor[] InFloat32(Func<Tensor[]> run)
    {
        NativeKernels.MatmulPrecision = MatmulPrecision.Float32;
        return run();
    }

    private static Tensor[] InBFloat16(Func<Tensor[]> run)
    {
        NativeKernels.MatmulPrecision = MatmulPrecision.BFloat16;
        return run();
    }

    private static void AreClose(Tensor[] exact, Tensor[] rounded)
    {
        for (var i = 0; i < exact.Length; i++)
        {
            var (a, b) = (exact[i].detach().flatten().to(ScalarType.Float64), rounded[i].detach().flatten().to(ScalarType.Float64));
            var error = ((a - b).norm() / a.norm()).item<double>();
            var cosine = ((a * b).sum() / (a.norm() * b.norm())).item<double>();
            Assert.True(error is > 0 and < Tolerance, $"result {i} is {error:g3} of its norm away");
            Assert.True(cosine > 0.999, $"result {i}: cosine {cosine:g6}");
        }
    }
}
