using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Kernels;

public sealed class DropoutKernelTests
{
    [Fact]
    public void ASeedGivesTheMaskAndTheGradientFollowsIt()
    {
        using var scope = NewDisposeScope();
        var x = randn(700, 90).requires_grad_();
        manual_seed(17);
        var y = Op.Call("textvae::dropout", x, 0.3);
        manual_seed(17);
        TensorAssert.Identical(y, Op.Call("textvae::dropout", x, 0.3));
        Assert.False(y.Equals(Op.Call("textvae::dropout", x, 0.3)));

        var kept = (y != 0).to(ScalarType.Float32);
        TensorAssert.Close(x * kept / 0.7, y, 1e-6);
        TensorAssert.Close(kept / 0.7, autograd.grad([y.sum()], [x])[0], 1e-6);
    }

    [Fact]
    public void ElementsAreDroppedWithTheProbabilityAndIndependently()
    {
        using var scope = NewDisposeScope();
        manual_seed(18);
        const double p = 0.25;
        const long n = 1 << 21;
        var kept = (Op.Call("textvae::dropout", ones(n), p) != 0).to(ScalarType.Float64);
        var again = (Op.Call("textvae::dropout", ones(n), p) != 0).to(ScalarType.Float64);

        // Five standard errors of a mean of n; products of two centred Bernoulli variables have variance (p (1 − p))².
        var (mean, product) = (5 * Math.Sqrt(p * (1 - p) / n), 5 * p * (1 - p) / Math.Sqrt(n));
        Assert.Equal(1 - p, kept.mean().item<double>(), mean);
        var (a, b) = (kept - (1 - p), again - (1 - p));
        Assert.Equal(0, (a * b).mean().item<double>(), product);
        foreach (var lag in new long[] { 1, 2, 16, 64, 256, 16384 })
            Assert.Equal(0, (a.slice(0, 0, n - lag, 1) * a.slice(0, lag, n, 1)).mean().item<double>(), product * 1.01);
    }

    [Fact]
    public void TheEndsOfTheRangeAreExact()
    {
        using var scope = NewDisposeScope();
        var x = randn(10);
        TensorAssert.Identical(x, Op.Call("textvae::dropout", x, 0.0));
        TensorAssert.Identical(zeros(10), Op.Call("textvae::dropout", x, 1.0));
    }

    [Fact]
    public void GradientsAgreeWithFiniteDifferencesInFloat64()
    {
        using var scope = NewDisposeScope();
        var x = randn(4, 5, ScalarType.Float64).requires_grad_();
        TensorAssert.Gradients(
            () =>
            {
                manual_seed(19);
                return Op.Call("textvae::dropout", x, 0.5).square().sum();
            },
            [("x", x)]);
    }
}
