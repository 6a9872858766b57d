using Research.TextVae.Kernels;
using Research.TextVae.Tests.PyTorch;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

public sealed class EmbeddingKernelTests
{
    private const long Rows = 301, Width = 37;

    private static readonly long[] _offsets = [0, 3, 3, 170, 500]; // the second bag is empty, and the last

    [KernelFact]
    public void Rows_and_their_gradients_are_those_of_the_reference_form()
    {
        using var scope = NewDisposeScope();
        manual_seed(43);
        // Some rows often, most never.
        var indices = KernelAssert.Integers(20, 9, 31);
        KernelAssert.FormsAgree([randn(Rows, Width).requires_grad_()], t => [EmbeddingKernel.Compute(t[0], indices)], 0, 2e-6);
        KernelAssert.FormsAgree([randn(1, 1).requires_grad_()], t => [EmbeddingKernel.Compute(t[0], tensor(0L))], 0, 2e-6);
    }

    [KernelFact]
    public void Bags_and_their_gradients_are_those_of_the_reference_form()
    {
        using var scope = NewDisposeScope();
        manual_seed(44);
        var (indices, offsets, factors) = (KernelAssert.Integers(Rows, 500), tensor(_offsets), rand(500, 2).select(1, 0));
        KernelAssert.FormsAgree(
            [randn(Rows, Width).requires_grad_()],
            t => [EmbeddingKernel.ComputeBag(t[0], indices, offsets, factors.to_type(t[0].dtype))],
            4e-6,
            2e-6);
    }

    [Fact]
    public void The_reference_forms_agree_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        manual_seed(45);
        var (indices, offsets) = (tensor(new long[] { 4, 0, 4, 2 }), tensor(new long[] { 0, 2, 2 }));
        var (factors, bags, rows) = (KernelAssert.Doubles(4), KernelAssert.Doubles(3, 3), KernelAssert.Doubles(4, 3));
        KernelAssert.ReferenceAgreesWithDifferences([randn(6, 3)], t =>
        {
            var sums = EmbeddingKernel.ComputeBag(t[0], indices, offsets, factors) * bags;
            return sums.sum() + (EmbeddingKernel.Compute(t[0], indices).square() * rows).sum();
        });
    }

    /// <summary>The sum of a row's entries is taken in their order, whoever takes it.</summary>
    [KernelFact]
    public void Gradients_do_not_depend_on_the_number_of_threads()
    {
        using var scope = NewDisposeScope();
        manual_seed(46);
        var table = randn(Rows, Width).requires_grad_();
        var (indices, upstream) = (randint(0, 20, [500], dtype: ScalarType.Int64), randn(500, Width));
        var (offsets, factors) = (tensor(_offsets), rand(500));
        KernelAssert.ThreadsChangeNothing(() =>
        {
            var bags = EmbeddingKernel.ComputeBag(table, indices, offsets, factors);
            return
            [
                bags,
                autograd.grad([EmbeddingKernel.Compute(table, indices)], [table], [upstream])[0],
                autograd.grad([bags], [table], [upstream[..5]])[0],
            ];
        });
    }

    [Fact]
    public void No_indices_give_no_rows_and_a_gradient_of_zeros()
    {
        using var scope = NewDisposeScope();
        var table = randn(5, 2).requires_grad_();
        Tensor Zeros(long count) => zeros(count, dtype: ScalarType.Int64);
        var rows = EmbeddingKernel.Compute(table, Zeros(0).view(0, 3));
        Assert.Equal([0, 3, 2], rows.shape);
        TensorAssert.Identical(zeros(5, 2), autograd.grad([rows.sum()], [table])[0]);
        TensorAssert.Identical(zeros(2, 2), EmbeddingKernel.ComputeBag(table, Zeros(0), Zeros(2), zeros(0)).detach());
    }

    [Fact]
    public void Wrong_indices_and_bags_are_refused()
    {
        using var scope = NewDisposeScope();
        var table = randn(5, 2);
        string Bag(long[] indices, long[] offsets) =>
            KernelAssert.Mistake(() => EmbeddingKernel.ComputeBag(table, tensor(indices), tensor(offsets), ones(indices.Length)));
        string Row(long index) => KernelAssert.Mistake(() => EmbeddingKernel.Compute(table, tensor(new[] { 4, index })));
        foreach (var form in Forms.Both())
        {
            using (form)
            {
                Assert.Contains("index 5 is outside 0..4", Bag([0, 5], [0]), StringComparison.Ordinal);
                Assert.Contains("index -1 is outside 0..4", Bag([-1], [0]), StringComparison.Ordinal);
                Assert.Contains("offset 1 is 3", Bag([1, 2], [0, 3]), StringComparison.Ordinal);
                Assert.Contains("offset 0 is 1", Bag([1, 2], [1, 2]), StringComparison.Ordinal);
                foreach (var grads in new[] { false, true })
                {
                    table.requires_grad_(grads);
                    Assert.Contains("index 5 is outside 0..4", Row(5), StringComparison.Ordinal);
                    Assert.Contains("index -1 is outside 0..4", Row(-1), StringComparison.Ordinal);
                }
            }
        }
    }
}
