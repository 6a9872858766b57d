using System.Runtime.InteropServices;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Kernels;

public sealed class LstmKernelTests
{
    public static TheoryData<int, int, int, int> Sizes => new()
    {
        { 1, 1, 1, 1 },      // least of everything
        { 3, 5, 7, 9 },      // no width a multiple of a vector
        { 9, 4, 16, 16 },    // chunks of unequal numbers of rows
        { 130, 3, 20, 33 },  // more rows than chunks of the greatest size for two threads
        { 2, 6, 0, 8 },      // no input features: the recurrence alone
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void ValuesAndGradientsAreThoseOfStandardOperators(int batch, int time, int width, int hidden)
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var arguments = Arguments(batch, time, width, hidden, ScalarType.Float32);
        var weights = new[] { randn(batch, time, hidden), randn(batch, hidden), randn(batch, hidden) };

        var fused = Fused(arguments);
        var fusedGradients = autograd.grad([Total(fused, weights)], arguments);
        var twin = Composed(arguments);
        var twinGradients = autograd.grad([Total(twin, weights)], arguments);
        Tensor[] inference;
        using (no_grad()) inference = Fused(arguments);

        for (var i = 0; i < 3; i++)
        {
            TensorAssert.Close(twin[i], fused[i], 2e-6, $"result {i}");
            TensorAssert.Close(twin[i], inference[i], 2e-6, $"result {i} without gradients");
        }
        for (var i = 0; i < arguments.Length; i++)
            TensorAssert.Close(twinGradients[i], fusedGradients[i], 2e-5, $"gradient {i}");
    }

    [Fact]
    public void GradientsAgreeWithFiniteDifferencesInFloat64()
    {
        using var scope = NewDisposeScope();
        manual_seed(8);
        var arguments = Arguments(2, 3, 2, 3, ScalarType.Float64);
        var weights = new[] { randn(2, 3, 3, ScalarType.Float64), randn(2, 3, ScalarType.Float64), randn(2, 3, ScalarType.Float64) };
        TensorAssert.Gradients(() => Total(Fused(arguments), weights), arguments.Select((a, i) => ($"argument {i}", a)));
    }

    [Fact]
    public void ViewsThatAreNotContiguousAndUnusedResultsAreServed()
    {
        using var scope = NewDisposeScope();
        manual_seed(9);
        var arguments = Arguments(4, 5, 6, 8, ScalarType.Float32);
        using (no_grad()) arguments[0] = randn(5, 4, 6).transpose(0, 1);
        arguments[0].requires_grad_();

        // Only the last cell state counts, so no gradient reaches the output.
        var fused = autograd.grad([Fused(arguments)[2].sum()], arguments);
        var twin = autograd.grad([Composed(arguments)[2].sum()], arguments);

        for (var i = 0; i < arguments.Length; i++) TensorAssert.Close(twin[i], fused[i], 1e-5, $"gradient {i}");
    }

    [Fact]
    public void TwiceTheSameIsTheSameToTheBit()
    {
        using var scope = NewDisposeScope();
        manual_seed(10);
        var arguments = Arguments(33, 7, 24, 40, ScalarType.Float32);
        var first = autograd.grad([Fused(arguments)[0].sum()], arguments);
        var second = autograd.grad([Fused(arguments)[0].sum()], arguments);
        for (var i = 0; i < arguments.Length; i++) TensorAssert.Identical(first[i], second[i], $"gradient {i}");
    }

    [Fact]
    public void AnEmptyBatchGivesEmptyResultsAndNoTimeStepsAnError()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([0, 3, 4], Fused(Arguments(0, 3, 2, 4, ScalarType.Float32))[0].shape);
        var error = Assert.ThrowsAny<ExternalException>(() => Fused(Arguments(2, 0, 2, 4, ScalarType.Float32)));
        Assert.Contains("no time steps", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AWeightOfTheWrongShapeIsNamed()
    {
        using var scope = NewDisposeScope();
        var arguments = Arguments(2, 3, 5, 4, ScalarType.Float32);
        arguments[3] = randn(16, 6);
        var error = Assert.ThrowsAny<ExternalException>(() => Fused(arguments));
        Assert.Contains("w_ih must be [16, 5]", error.Message, StringComparison.Ordinal);
    }

    private static Tensor[] Arguments(long batch, long time, long width, long hidden, ScalarType type)
    {
        long[][] shapes = [[batch, time, width], [batch, hidden], [batch, hidden], [4 * hidden, width], [4 * hidden, hidden], [4 * hidden], [4 * hidden]];
        return [.. shapes.Select(shape => randn(shape, dtype: type).requires_grad_())];
    }

    private static Tensor Total(Tensor[] results, Tensor[] weights) =>
        (results[0] * weights[0]).sum() + (results[1] * weights[1]).sum() + (results[2] * weights[2]).sum();

    private static Tensor[] Fused(Tensor[] a)
    {
        var (output, h, c) = Op.Call3("textvae::lstm", a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
        return [output, h, c];
    }

    private static Tensor[] Composed(Tensor[] a)
    {
        var (h, c) = (a[1], a[2]);
        var outputs = new List<Tensor>();
        for (var t = 0; t < a[0].shape[1]; t++)
        {
            var gates = (a[0].select(1, t).matmul(a[3].t()) + a[5] + h.matmul(a[4].t()) + a[6]).chunk(4, 1);
            c = gates[1].sigmoid() * c + gates[0].sigmoid() * gates[2].tanh();
            h = gates[3].sigmoid() * c.tanh();
            outputs.Add(h);
        }
        return [stack(outputs, 1), h, c];
    }
}
