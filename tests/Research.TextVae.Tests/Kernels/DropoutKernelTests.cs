using Research.TextVae.Kernels;
using Research.TextVae.Tests.PyTorch;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

public sealed class DropoutKernelTests
{
    /// <summary>One element, several axes, several blocks of the mask and a part of one; a share near either end of its range.</summary>
    [KernelTheory]
    [InlineData(new long[] { 1 }, 0.5)]
    [InlineData(new long[] { 7, 3, 11 }, 0.3)]
    [InlineData(new long[] { 700, 90 }, 0.1)]
    [InlineData(new long[] { 50, 400 }, 1e-12)]
    [InlineData(new long[] { 50, 400 }, 1 - 1e-12)]
    public void Both_forms_have_one_mask_and_the_gradient_follows_it(long[] shape, double p)
    {
        using var scope = NewDisposeScope();
        manual_seed(16);
        var x = randn(shape).requires_grad_();
        KernelAssert.FormsAgree([x], t => [DropoutKernel.Compute(t[0], p)], 3e-7, 3e-7);

        Tensor Dropped()
        {
            manual_seed(17);
            return DropoutKernel.Compute(x, p);
        }

        KernelAssert.ThreadsChangeNothing(() => [Dropped()]);
        var fused = Dropped();
        using (KernelLibrary.Disable())
            TensorAssert.Identical(Dropped(), fused, "the reference form");
    }

    /// <summary>The mask follows from the seed, no two are the same, and either form takes as much from the generator.</summary>
    [Fact]
    public void Keys_follow_from_the_seed()
    {
        using var scope = NewDisposeScope();
        var x = ones(1000);
        var states = new List<Tensor>();
        foreach (var form in Forms.Both())
        {
            using (form)
            {
                manual_seed(18);
                var (first, second) = (DropoutKernel.Compute(x, 0.5), DropoutKernel.Compute(x, 0.5));
                _ = Attention.ComputeSelf(ones(2, 3, 12), 2, dropout: 0.5);
                states.Add(get_rng_state());
                Assert.False(first.Equals(second));
                manual_seed(18);
                TensorAssert.Identical(first, DropoutKernel.Compute(x, 0.5));
                manual_seed(19);
                Assert.False(first.Equals(DropoutKernel.Compute(x, 0.5)));
            }
        }

        Assert.All(states, state => TensorAssert.Identical(states[0], state, "the generator's state"));
    }

    [Fact]
    public void Elements_are_dropped_with_the_probability_and_independently()
    {
        using var scope = NewDisposeScope();
        manual_seed(20);
        const double p = 0.25;
        const long n = 1 << 21;
        Tensor Kept() => DropoutKernel.Compute(ones(n), p).ne(0).to(ScalarType.Float64);
        var (kept, again) = (Kept(), Kept());

        // Five standard errors of a mean of n; products of two centred Bernoulli variables have variance (p (1 − p))².
        var (mean, product) = (5 * Math.Sqrt(p * (1 - p) / n), 5 * p * (1 - p) / Math.Sqrt(n));
        Assert.Equal(1 - p, kept.mean().item<double>(), mean);
        var (a, b) = (kept - (1 - p), again - (1 - p));
        Assert.Equal(0, (a * b).mean().item<double>(), product);
        foreach (var lag in new long[] { 1, 2, 16, 64, 256, 16384 })
            Assert.Equal(0, (a.slice(0, 0, n - lag, 1) * a.slice(0, lag, n, 1)).mean().item<double>(), product * 1.01);
    }

    [Fact]
    public void The_ends_of_the_range_are_exact_and_no_elements_give_none()
    {
        using var scope = NewDisposeScope();
        var x = randn(10);
        foreach (var form in Forms.Both())
        {
            using (form)
            {
                TensorAssert.Identical(x, DropoutKernel.Compute(x, 0));
                TensorAssert.Identical(zeros(10), DropoutKernel.Compute(x, 1));
                Assert.Equal([0, 3], DropoutKernel.Compute(empty(0, 3), 0.5).shape);
            }
        }
    }
}
