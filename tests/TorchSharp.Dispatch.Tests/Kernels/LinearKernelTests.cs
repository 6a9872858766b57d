using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Kernels;

public sealed class LinearKernelTests
{
    [Theory]
    [InlineData(new long[] { 70, 250 }, 301, true)]
    [InlineData(new long[] { 7, 11, 250 }, 301, false)]
    [InlineData(new long[] { 3, 5 }, 4, true)]  // too little for the fast path
    public void ValuesAndGradientsAreThoseOfStandardOperators(long[] shape, long width, bool hasBias)
    {
        using var scope = NewDisposeScope();
        manual_seed(20);
        var x = randn(shape).requires_grad_();
        var w = randn(width, shape[^1]).requires_grad_();
        var b = hasBias ? randn(width).requires_grad_() : null;
        Tensor[] inputs = [x, w, .. b is null ? Array.Empty<Tensor>() : [b]];

        var fused = Op.Call("textvae::linear", x, w, b);
        var twin = Op.Call("linear", x, w, b);
        var upstream = randn_like(twin);
        var gradients = autograd.grad([fused], inputs, [upstream]);
        var expected = autograd.grad([twin], inputs, [upstream]);

        TensorAssert.Close(twin, fused, 1e-5);
        for (var i = 0; i < inputs.Length; i++) TensorAssert.Close(expected[i], gradients[i], 1e-4, $"gradient {i}");
    }

    [Fact]
    public void TheGradientHasAGradient()
    {
        using var scope = NewDisposeScope();
        manual_seed(21);
        var (x, w) = (randn(70, 250).requires_grad_(), randn(301, 250).requires_grad_());
        Tensor Second(string name)
        {
            var first = autograd.grad([Op.Call(name, x, w, (Tensor?)null).square().sum()], [x], create_graph: true)[0];
            return autograd.grad([first.square().sum()], [w])[0];
        }

        var expected = Second("linear");
        TensorAssert.Close(expected / expected.abs().max(), Second("textvae::linear") / expected.abs().max(), 1e-5);
    }
}
