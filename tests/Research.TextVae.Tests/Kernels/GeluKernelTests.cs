using Research.TextVae.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

public sealed class GeluKernelTests
{
    /// <summary>From where the function is 0 to where it is x; and a size that is no multiple of anything.</summary>
    [KernelFact]
    public void Values_and_gradients_are_those_of_the_reference_form()
    {
        using var scope = NewDisposeScope();
        KernelAssert.FormsAgree([linspace(-12, 12, 40_001).requires_grad_()], t => [GeluKernel.Compute(t[0])], 7e-7, 1e-6);
        KernelAssert.FormsAgree([tensor(new[,] { { 0.3f } }).requires_grad_()], t => [GeluKernel.Compute(t[0])], 7e-7, 1e-6);
    }

    [Fact]
    public void The_reference_form_agrees_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        manual_seed(42);
        KernelAssert.ReferenceAgreesWithDifferences([randn(4, 5)], t => GeluKernel.Compute(t[0]).square().sum());
    }

    [Fact]
    public void What_is_not_finite_stays_so_and_no_elements_give_none()
    {
        using var scope = NewDisposeScope();
        var results = GeluKernel.Compute(tensor(new[] { float.NaN, float.PositiveInfinity, 0 })).data<float>().ToArray();
        Assert.True(float.IsNaN(results[0]));
        Assert.Equal([float.PositiveInfinity, 0], results[1..]);
        Assert.Equal([0, 3], GeluKernel.Compute(empty(0, 3)).shape);
    }
}
