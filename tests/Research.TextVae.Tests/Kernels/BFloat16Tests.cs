using Research.TextVae.Kernels;
using Research.TextVae.Models;
using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using Research.TextVae.Tests.PyTorch;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

/// <summary>
/// Rounding to bfloat16 changes a factor by at most u = 2⁻⁹ of itself, uniformly spread errors by u/√3 on average, a product of two by
/// √2 u/√3 ≈ 0.0016; errors of different terms are independent, so a sum keeps that share of its norm where its terms have random
/// signs. A handful of products in a row, as a recurrence or a gradient has, stays below 1e-2. Only a processor with AVX512_BF16 runs
/// these.
/// </summary>
public sealed class BFloat16Tests
{
    private const double Tolerance = 1e-2;

    [Fact]
    public void A_processor_without_it_refuses()
    {
        using var scope = NewDisposeScope();
        using var model = new LinearLayer(3, 2);
        if (KernelLibrary.HasBFloat16)
        {
            using (model.Use(Precision.BFloat16))
                Assert.Equal(Precision.BFloat16, model.Precision);
            Assert.Equal(Precision.Float32, model.Precision);
        }
        else
        {
            var why = KernelLibrary.Missing ?? "AVX512_BF16";
            var mistake = Assert.Throws<UserException>(() => model.Use(Precision.BFloat16));
            Assert.Contains(why, mistake.Message, StringComparison.Ordinal);
            var refusal = Assert.Throws<NotSupportedException>(() => PackedMatrix.Pack(randn(3, 4), Precision.BFloat16));
            Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Every kind of edge: odd depth, a part of a panel, a last block of another height, one row, several passes over k.</summary>
    [KernelTheory]
    [InlineData(29, 301, 1025)]
    [InlineData(1, 5000, 1001)]
    [InlineData(45, 33, 5003)]
    public void Products_are_those_of_rounded_factors(int rows, int width, int depth)
    {
        if (!KernelLibrary.HasBFloat16)
            return;
        using var scope = NewDisposeScope();
        manual_seed(30);
        var (x, w) = (randn(rows, depth).requires_grad_(), randn(width, depth).requires_grad_());
        var upstream = randn(rows, width);
        var y = LinearKernel.Compute(x, w, null, Precision.BFloat16);
        var gradients = autograd.grad([y], [x, w], [upstream]);

        using var inference = no_grad();
        static Tensor Exact(Tensor a, Tensor b) => Rounded(a).matmul(Rounded(b));
        // Only the order of float32 sums differs: √depth · 2⁻²⁴ of the terms' common size √depth.
        static double OfSum(double terms) => 2e-7 * terms;
        TensorAssert.Close(Exact(x, w.t()), y.to(ScalarType.Float64), OfSum(depth), "the product");
        TensorAssert.Close(Exact(upstream, w), gradients[0].to(ScalarType.Float64), OfSum(width), "the gradient of x");
        TensorAssert.Close(Exact(upstream.t(), x), gradients[1].to(ScalarType.Float64), OfSum(Math.Max(rows, 20)), "the gradient of w");
    }

    public static TheoryData<string> Kernels => ["lstm", "cross-entropy", "multinomial", "attention"];

    [KernelTheory]
    [MemberData(nameof(Kernels))]
    public void A_kernel_is_close_to_float32_and_its_backward_pass_keeps_to_the_precision(string kernel)
    {
        if (!KernelLibrary.HasBFloat16)
            return;
        using var scope = NewDisposeScope();
        manual_seed(31);
        var (operands, compute) = Kernel(kernel);
        Tensor[] Run(Precision precision)
        {
            var results = compute(operands, precision);
            var outputs = results.Where(result => result.requires_grad).ToArray();
            return [.. results, .. autograd.grad(outputs, operands, [.. outputs.Select(output => ones_like(output))])];
        }

        AreClose(Run(Precision.Float32), Run(Precision.BFloat16));
        using var inference = no_grad();
        AreClose(compute(operands, Precision.Float32), compute(operands, Precision.BFloat16));
    }

    /// <summary>A small language model learns the same sequence equally well in both precisions.</summary>
    [KernelFact]
    public void Training_follows_the_same_curve()
    {
        if (!KernelLibrary.HasBFloat16)
            return;
        double[] Curve(Precision precision)
        {
            using var scope = NewDisposeScope();
            manual_seed(34);
            using var model = new RecurrentLmConfig { EmbeddingSize = 32, HiddenSize = 48, Dropout = 0 }.Build(50);
            using var used = model.Use(precision);
            using var optimizer = new FusedAdam(model.parameters(), 0.01);
            var text = (arange(16 * 13) * 7 % 50).view(16, 13);
            var batch = new TextBatch(text.narrow(1, 0, 12), text.narrow(1, 1, 12), full([16], 12L), ones(16, 12), 16 * 12);
            var losses = new double[60];
            for (var step = 0; step < losses.Length; step++)
            {
                using var inner = NewDisposeScope();
                model.zero_grad();
                var loss = model.NegativeLogLikelihood(batch).Total / batch.Tokens;
                DirectGradient.Backward(loss);
                optimizer.step();
                losses[step] = loss.item<float>();
            }

            return losses;
        }

        var (exact, rounded) = (Curve(Precision.Float32), Curve(Precision.BFloat16));
        Assert.True(exact[^1] < 0.1 * exact[0], $"float32 did not learn: {exact[0]} to {exact[^1]}");
        for (var step = 0; step < exact.Length; step++)
            Assert.InRange(rounded[step], exact[step] - 0.03 * exact[0], exact[step] + 0.03 * exact[0]);
    }

    private static (Tensor[] Operands, Func<Tensor[], Precision, Tensor[]> Compute) Kernel(string name)
    {
        Tensor[] Leaves(double weights, params long[][] shapes) =>
            [.. shapes.Select((shape, i) => KernelAssert.Leaf(randn(shape) * (i == 0 ? 1 : weights)))];
        switch (name)
        {
            case "lstm":
                return (
                    Leaves(0.1, [33, 12, 47], [33, 65], [33, 65], [260, 47], [260, 65], [260]),
                    (t, precision) =>
                    {
                        var (output, h, c) = LstmKernel.Compute(t[0], t[1], t[2], t[3], t[4], t[5], precision);
                        return [output, h, c];
                    }
                );
            case "cross-entropy":
                var (target, weight) = (KernelAssert.Integers(1037, 900), rand(900) * rand(900).gt(0.3));
                return (
                    Leaves(0.1, [900, 65], [1037, 65], [1037]),
                    (t, precision) =>
                    {
                        var (sum, losses) = LinearCrossEntropy.Compute(t[0], t[1], t[2], target, weight, 1, precision);
                        return [sum, losses];
                    }
                );
            case "multinomial":
                var bags = LinearMultinomialTests.Bags(300, 1037);
                return (
                    Leaves(0.1, [300, 65], [1037, 65], [1037]),
                    (t, precision) =>
                    {
                        var (sum, losses) = LinearMultinomial.Compute(
                            t[0], t[1], t[2], bags.Words, bags.Counts, bags.Offsets, 1, precision);
                        return [sum, losses];
                    }
                );
            default:
                return (
                    Leaves(1, [2, 100, 64], [2, 100, 128]),
                    (t, precision) => [Attention.Compute(t[0], t[1], 2, causal: true, precision: precision)]);
        }
    }

    private static Tensor Rounded(Tensor x) => x.to(ScalarType.BFloat16).to(ScalarType.Float64);

    private static void AreClose(Tensor[] exact, Tensor[] rounded)
    {
        for (var i = 0; i < exact.Length; i++)
        {
            var (a, b) = (exact[i].detach().flatten().to(ScalarType.Float64), rounded[i].detach().flatten().to(ScalarType.Float64));
            var error = ((a - b).norm() / a.norm()).item<double>();
            Assert.True(error is > 0 and < Tolerance, $"result {i} is {error:g3} of its norm away");
        }
    }
}
