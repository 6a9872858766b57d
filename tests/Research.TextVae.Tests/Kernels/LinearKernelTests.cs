using Research.TextVae.Kernels;
using Research.TextVae.Tests.PyTorch;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

public sealed class LinearKernelTests
{
    /// <summary>All large enough for the fused form: edges of every kind, several axes, one row, several passes over the depth.</summary>
    [KernelTheory]
    [InlineData(new long[] { 70, 250 }, 301, true)]
    [InlineData(new long[] { 7, 11, 250 }, 301, false)]
    [InlineData(new long[] { 1, 2100 }, 2001, true)]
    [InlineData(new long[] { 37, 1601 }, 97, true)]
    public void Values_and_gradients_are_those_of_the_reference_form(long[] shape, long outputs, bool hasBias)
    {
        using var scope = NewDisposeScope();
        manual_seed(20);
        // As weights are: what comes out is of the size of what goes in.
        var (x, w, b) = (randn(shape), randn(outputs, shape[^1]) / Math.Sqrt(shape[^1]), randn(outputs));
        var operands = Array.ConvertAll(hasBias ? new[] { x, w, b } : [x, w], operand => KernelAssert.Leaf(operand));
        KernelAssert.FormsAgree(operands, t => [LinearKernel.Compute(t[0], t[1], hasBias ? t[2] : null)], 1e-5, 2e-5);
    }

    /// <summary>Only what is wanted is computed.</summary>
    [KernelTheory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public void A_gradient_of_one_operand_alone_is_the_same(bool input, bool weight, bool bias)
    {
        using var scope = NewDisposeScope();
        manual_seed(21);
        Tensor[] operands = [randn(70, 250), randn(301, 250) / 16, randn(301)];
        foreach (var (operand, wanted) in operands.Zip([input, weight, bias]))
            operand.requires_grad_(wanted);
        KernelAssert.FormsAgree(operands, t => [LinearKernel.Compute(t[0], t[1], t[2])], 1e-5, 2e-5);
    }

    [KernelTheory]
    [InlineData(1, 7, 301)]
    [InlineData(45, 1033, 130)]
    public void Without_gradients_neither_threads_nor_the_rows_beside_change_a_bit(int rows, int inputs, int outputs)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        manual_seed(22);
        var (x, w, b) = (randn(rows, inputs), randn(outputs, inputs), randn(outputs));
        KernelAssert.ThreadsChangeNothing(() => [LinearKernel.Compute(x, w, b), LinearKernel.Compute(x, w, null)]);

        var all = LinearKernel.Compute(x, w, b);
        foreach (var (first, count) in new[] { (0, 1), (rows / 2, rows - rows / 2) })
        {
            var some = LinearKernel.Compute(x.narrow(0, first, count), w, b);
            TensorAssert.Identical(all.narrow(0, first, count), some, $"rows from {first}");
        }
    }

    [Fact]
    public void No_rows_give_none()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([0, 4], LinearKernel.Compute(empty(0, 3), randn(4, 3), randn(4)).shape);
    }
}
