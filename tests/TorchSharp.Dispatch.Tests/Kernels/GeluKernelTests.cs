using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Kernels;

public sealed class GeluKernelTests
{
    [Fact]
    public void ValuesAndGradientsAreThoseOfStandardOperators()
    {
        using var scope = NewDisposeScope();
        manual_seed(41);
        var x = cat([linspace(-12, 12, 40_001), tensor(new[] { 0f, float.PositiveInfinity })]).requires_grad_();
        var exact = x.detach().to(ScalarType.Float64).requires_grad_();

        var (fused, twin) = (Op.Call("textvae::gelu", x), Op.Call("gelu", exact));
        var upstream = randn(x.shape);
        var gradient = autograd.grad([fused[..40_001]], [x], [upstream[..40_001]])[0][..40_001];
        var expected = autograd.grad([twin[..40_001]], [exact], [upstream[..40_001].to(ScalarType.Float64)])[0][..40_001];

        TensorAssert.Close(twin[..^1], fused[..^1], 1e-6);
        Assert.True(float.IsPositiveInfinity(fused[^1].item<float>()));
        TensorAssert.Close(expected, gradient, 2e-6, "gradient");
    }

    [Fact]
    public void NotANumberStaysOne() => Assert.True(float.IsNaN(Op.Call("textvae::gelu", tensor(new[] { float.NaN })).item<float>()));
}
