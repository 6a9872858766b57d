using Research.TextVae.Kernels;
using Research.TextVae.Tests.PyTorch;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

/// <summary>What every kernel must pass.</summary>
internal static class KernelAssert
{
    private const long Seed = 5;

    /// <summary>
    /// The fused form in float32 against the reference form in float64, which has no rounding to speak of: values with and without
    /// gradients, and gradients; with one thread and with two; of dense operands and of views that are not. The same again gives the
    /// same bits.
    /// </summary>
    /// <param name="operands">float32; those that want a gradient say so.</param>
    /// <param name="compute">Its results, with a fixed seed at the start; those with gradient before those without.</param>
    /// <param name="tolerance">Of values, as of <see cref="TensorAssert.Close"/>.</param>
    /// <param name="gradientTolerance">Of gradients.</param>
    public static void FormsAgree(Tensor[] operands, Func<Tensor[], Tensor[]> compute, double tolerance, double gradientTolerance)
    {
        Assert.True(KernelLibrary.IsAvailable, KernelLibrary.Missing);
        using var scope = NewDisposeScope();
        Tensor[]? upstream = null;
        Tensor[] Run(Tensor[] inputs)
        {
            manual_seed(Seed);
            var results = compute(inputs);
            var wanting = inputs.Where(input => input.requires_grad).ToArray();
            if (wanting.Length == 0)
                return results;
            var outputs = results.Where(result => result.requires_grad).ToArray();
            upstream ??= [.. outputs.Select(output => randn(output.shape))];
            var given = upstream.Zip(outputs, (gradient, output) => gradient.to_type(output.dtype));
            return [.. results, .. autograd.grad(outputs, wanting, [.. given])];
        }

        var count = 0;
        var expected = Run(Array.ConvertAll(operands, operand => Leaf(operand.to_type(ScalarType.Float64), operand.requires_grad)));
        foreach (var (inputs, form) in new[] { (operands, "dense"), (Array.ConvertAll(operands, Scattered), "scattered") })
        {
            foreach (var threads in new[] { 1, 2 })
            {
                var actual = WithThreads(threads, () => Run(inputs));
                var again = WithThreads(threads, () => Run(inputs));
                var inference = WithThreads(threads, () =>
                {
                    using var _ = no_grad();
                    manual_seed(Seed);
                    return compute(inputs);
                });
                count = inference.Length;
                for (var i = 0; i < expected.Length; i++)
                {
                    var what = $"{(i < count ? $"result {i}" : $"gradient {i - count}")} of {form} operands, {threads} threads,";
                    var allowed = i < count ? tolerance : gradientTolerance;
                    TensorAssert.Close(expected[i], actual[i], allowed, what);
                    TensorAssert.Identical(actual[i], again[i], what + " computed again,");
                    if (i < count)
                        TensorAssert.Close(expected[i], inference[i], allowed, what + " without gradients");
                }
            }
        }
    }

    /// <summary>The reference form's gradients in float64 against central differences.</summary>
    /// <param name="operands">Of which all have a gradient.</param>
    /// <param name="loss">A scalar.</param>
    public static void ReferenceAgreesWithDifferences(Tensor[] operands, Func<Tensor[], Tensor> loss)
    {
        var exact = Array.ConvertAll(operands, operand => Leaf(operand.to_type(ScalarType.Float64)));
        TensorAssert.Gradients(() => loss(exact), exact.Select((operand, i) => ($"operand {i}", operand)), 1e-9);
    }

    /// <summary>What an argument that does not fit is refused with.</summary>
    public static string Mistake(Action call) => Assert.ThrowsAny<ArgumentException>(call).Message;

    /// <summary>float64 numbers about 0.</summary>
    public static Tensor Doubles(params long[] shape) => randn(shape, dtype: ScalarType.Float64);

    /// <summary>Whole numbers below a bound that do not lie in order.</summary>
    public static Tensor Integers(long bound, params long[] shape) =>
        randint(0, bound, [.. shape, 2], dtype: ScalarType.Int64).select(-1, 1);

    /// <summary>The results of a kernel have the same bits with any number of threads.</summary>
    public static void ThreadsChangeNothing(Func<Tensor[]> compute)
    {
        Assert.True(KernelLibrary.IsAvailable, KernelLibrary.Missing);
        using var scope = NewDisposeScope();
        var expected = WithThreads(1, compute);
        foreach (var threads in new[] { 2, 3 })
        {
            var actual = WithThreads(threads, compute);
            for (var i = 0; i < expected.Length; i++)
                TensorAssert.Identical(expected[i], actual[i], $"result {i} with {threads} threads");
        }
    }

    /// <summary>Runs with this number of threads.</summary>
    public static T WithThreads<T>(int count, Func<T> run)
    {
        var before = get_num_threads();
        set_num_threads(count);
        try
        {
            return run();
        }
        finally
        {
            set_num_threads(before);
        }
    }

    /// <summary>A leaf of the graph with these values, which are not shared.</summary>
    public static Tensor Leaf(Tensor values, bool requiresGrad = true) => values.detach().clone().requires_grad_(requiresGrad);

    /// <summary>A leaf with the same values, whose elements do not lie in order.</summary>
    public static Tensor Scattered(Tensor tensor)
    {
        using var _ = no_grad();
        return stack([tensor.detach(), zeros_like(tensor)], -1).select(-1, 0).requires_grad_(tensor.requires_grad);
    }
}
