using Research.TextVae.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.PyTorch;

internal static class TensorAssert
{
    /// <summary>Same shape, and no element further apart than the tolerance, absolute and relative.</summary>
    public static void Close(Tensor expected, Tensor? actual, double tolerance = 1e-5, string what = "")
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.shape, actual.shape);
        using var scope = NewDisposeScope();
        var (a, b) = (expected.detach().to(ScalarType.Float64), actual.detach().to(ScalarType.Float64));
        var difference = a.numel() == 0 ? 0 : ((a - b).abs() / (1 + a.abs())).max().item<double>();
        Assert.True(difference <= tolerance, $"{what} differs by {difference:g3}, allowed {tolerance:g3}");
    }

    /// <summary>The same bits.</summary>
    public static void Identical(Tensor expected, Tensor actual, string what = "")
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(expected.dtype == actual.dtype && expected.Equals(actual), $"{what} is not bit for bit the same");
    }

    /// <summary>
    /// No more tensors are alive after the action than before it. Finalizers free what earlier tests have dropped whenever they like, so
    /// that has to be gone first, and fewer afterwards are no fault.
    /// </summary>
    public static void LeavesNoTensor(Action action)
    {
        var before = LiveAfterCollection();
        action();
        Assert.InRange(TensorEngine.LiveTensors, 0, before);
    }

    /// <summary>Live tensors once the finalizer has freed what earlier tests dropped.</summary>
    public static long LiveAfterCollection()
    {
        // A finalizer may drop the last reference to what has one too.
        var (before, count) = (long.MaxValue, TensorEngine.LiveTensors);
        while (count < before)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            (before, count) = (count, TensorEngine.LiveTensors);
        }
        return count;
    }

    /// <summary>Compares gradients with central differences of the scalar function, in float64.</summary>
    public static void Gradients(Func<Tensor> function, IEnumerable<(string Name, Tensor Value)> inputs, double tolerance = 1e-6)
    {
        const double step = 1e-5;
        var list = inputs.ToList();
        foreach (var (_, value) in list)
            value.grad = null;
        using (var value = function())
            value.backward();
        foreach (var (name, value) in list)
        {
            using var scope = NewDisposeScope();
            using var inference = no_grad();
            var numeric = new double[value.numel()];
            var flat = value.view(-1);
            for (var i = 0; i < numeric.Length; i++)
            {
                var original = flat[i].item<double>();
                flat[i] = tensor(original + step, dtype: ScalarType.Float64);
                var up = function().item<double>();
                flat[i] = tensor(original - step, dtype: ScalarType.Float64);
                var down = function().item<double>();
                flat[i] = tensor(original, dtype: ScalarType.Float64);
                numeric[i] = (up - down) / (2 * step);
            }
            Close(tensor(numeric, dtype: ScalarType.Float64).reshape(value.shape), value.grad, tolerance, $"the gradient of {name}");
        }
    }
}
