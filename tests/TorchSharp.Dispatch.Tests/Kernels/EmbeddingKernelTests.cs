using System.Runtime.InteropServices;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Kernels;

public sealed class EmbeddingKernelTests
{
    private const long Rows = 301, Width = 37;

    [Theory]
    [InlineData(-1)]
    [InlineData(7)]
    public void RowsAndTheirGradientsAreThoseOfTheStandardOperator(long padding)
    {
        using var scope = NewDisposeScope();
        manual_seed(43);
        var table = randn(Rows, Width).requires_grad_();
        var indices = randint(0, 20, [9, 31], dtype: ScalarType.Int64); // some rows often, most never

        var (fused, twin) = (Op.Call("textvae::embedding", table, indices, padding), Op.Call("embedding", table, indices, padding));
        var upstream = randn(twin.shape);

        TensorAssert.Identical(twin, fused);
        TensorAssert.Close(autograd.grad([twin], [table], [upstream])[0], autograd.grad([fused], [table], [upstream])[0], 1e-5, "gradient");
    }

    [Fact]
    public void BagsAndTheirGradientsAreThoseOfTheStandardOperator()
    {
        using var scope = NewDisposeScope();
        manual_seed(44);
        var table = randn(Rows, Width).requires_grad_();
        var indices = randint(0, Rows, [500], dtype: ScalarType.Int64);
        var offsets = tensor(new long[] { 0, 3, 3, 170, 499 }); // the second bag is empty
        var factors = rand(500);

        var fused = Op.Call("textvae::embedding_bag", table, indices, offsets, factors);
        var twin = Op.CallFirst("embedding_bag", 4, table, indices, offsets, false, 0, false, factors);
        var upstream = randn(twin.shape);

        TensorAssert.Close(twin, fused, 1e-5);
        TensorAssert.Close(autograd.grad([twin], [table], [upstream])[0], autograd.grad([fused], [table], [upstream])[0], 1e-5, "gradient");
    }

    /// <summary>The sum of a row's entries is taken in their order, whoever takes it.</summary>
    [Fact]
    public void GradientsDoNotDependOnTheNumberOfThreads()
    {
        using var scope = NewDisposeScope();
        manual_seed(45);
        var table = randn(Rows, Width).requires_grad_();
        var (indices, upstream) = (randint(0, 20, [400], dtype: ScalarType.Int64), randn(400, Width));
        var threads = get_num_threads();

        Tensor Gradient(int count)
        {
            set_num_threads(count);
            return autograd.grad([Op.Call("textvae::embedding", table, indices, -1L)], [table], [upstream])[0];
        }

        try
        {
            TensorAssert.Identical(Gradient(1), Gradient(3));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void WrongBagsAreRefused()
    {
        using var scope = NewDisposeScope();
        var table = randn(5, 2);
        Assert.Contains("outside 0..4", Assert.ThrowsAny<ExternalException>(() => Op.Call("textvae::embedding_bag", table, tensor(new long[] { 5 }), tensor(new long[] { 0 }))).Message, StringComparison.Ordinal);
        Assert.Contains("offset 1", Assert.ThrowsAny<ExternalException>(() => Op.Call("textvae::embedding_bag", table, tensor(new long[] { 1, 2 }), tensor(new long[] { 0, 3 }))).Message, StringComparison.Ordinal);
    }
}
