using Research.TextVae.Kernels;
using Research.TextVae.Tests.PyTorch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

public sealed class OptimizerKernelTests
{
    /// <summary>
    /// Twenty steps of both at once: a matrix, a view that does not lie in order, a single number, and a parameter that has a gradient in
    /// every other step alone.
    /// </summary>
    [KernelTheory]
    [InlineData(0, 1)]
    [InlineData(0.1, 2)]
    public void Steps_are_those_of_Adam(double decay, int threads)
    {
        using var scope = NewDisposeScope();
        manual_seed(15);
        var start = new[] { randn(1003, 33), KernelAssert.Scattered(randn(5, 8)), randn(1), randn(70) };
        var (fused, adam) = (Parameters(start), Parameters(start));
        using var ours = new FusedAdam(fused, 0.01, 0.9, 0.99, weight_decay: decay);
        using var theirs = optim.Adam(adam, 0.01, 0.9, 0.99, weight_decay: decay);
        KernelAssert.WithThreads(threads, () =>
        {
            for (var step = 0; step < 20; step++)
            {
                for (var i = 0; i < start.Length; i++)
                {
                    var gradient = randn(start[i].shape) * (i == 0 ? 1e-4 : 1);
                    (fused[i].grad, adam[i].grad) = i == 3 && step % 2 == 1 ? (null, null) : (gradient, gradient.clone());
                }

                foreach (var group in ours.ParamGroups.Concat(theirs.ParamGroups))
                    group.LearningRate = 0.01 / (1 + step);
                ours.step();
                theirs.step();
            }

            return 0;
        });

        for (var i = 0; i < start.Length; i++)
        {
            TensorAssert.Close(adam[i], fused[i], 4e-7, $"parameter {i}");
            var (state, expected) = ((Adam.State)ours.state_dict().State[i], (Adam.State)theirs.state_dict().State[i]);
            Assert.Equal(expected.step, state.step);
            TensorAssert.Close(expected.exp_avg, state.exp_avg, 4e-7, $"first moment {i}");
            TensorAssert.Close(expected.exp_avg_sq, state.exp_avg_sq, 4e-7, $"second moment {i}");
        }
    }

    /// <summary>Each element is computed by itself.</summary>
    [KernelFact]
    public void Neither_threads_nor_the_form_of_a_step_before_change_anything()
    {
        using var scope = NewDisposeScope();
        manual_seed(16);
        var (start, gradient) = (randn(501, 37), randn(501, 37));
        KernelAssert.ThreadsChangeNothing(() =>
        {
            var parameters = Parameters([start]);
            using var optimizer = new FusedAdam(parameters);
            parameters[0].grad = gradient.clone();
            optimizer.step();
            return [parameters[0].detach()];
        });

        Tensor Steps(bool first, bool second)
        {
            var parameters = Parameters([start]);
            using var optimizer = new FusedAdam(parameters);
            parameters[0].grad = gradient.clone();
            foreach (var fused in new[] { first, second })
            {
                using var form = fused ? null : KernelLibrary.Disable();
                optimizer.step();
            }

            return parameters[0];
        }

        var expected = Steps(true, true);
        TensorAssert.Close(expected, Steps(true, false), 4e-7);
        TensorAssert.Close(expected, Steps(false, true), 4e-7);
    }

    [Fact]
    public void An_optimizer_built_inside_a_scope_goes_on_after_it()
    {
        var parameter = nn.Parameter(ones(3));
        FusedAdam optimizer;
        using (NewDisposeScope())
            optimizer = new FusedAdam([parameter], 0.5);
        using (parameter)
        using (optimizer)
        using (NewDisposeScope())
        {
            parameter.grad = ones(3);
            optimizer.step();
            TensorAssert.Close(full(3, 0.5f), parameter, 1e-6);
        }
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1e9)]
    public void Clipping_scales_to_the_limit_as_PyTorch_does_and_leaves_small_gradients_alone(double limit)
    {
        using var scope = NewDisposeScope();
        manual_seed(17);
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            Tensor Draw(params long[] shape) => randn(shape, dtype: type);
            var start = new[] { Draw(300, 333), Draw(7), KernelAssert.Scattered(Draw(6, 8)), Draw(1) };
            var (ours, theirs) = (Parameters(start), Parameters(start));
            for (var i = 0; i < start.Length; i++)
                (ours[i].grad, theirs[i].grad) = (start[i].clone(), start[i].clone());
            var (idle, norms) = (nn.Parameter(ones(2)), new List<double>());
            foreach (var threads in new[] { 1, 2 })
            {
                for (var i = 0; i < start.Length; i++)
                    ours[i].grad!.copy_(start[i]);
                norms.Add(KernelAssert.WithThreads(threads, () => GradientNorm.Clip([.. ours, idle], limit)));
            }

            var expected = nn.utils.clip_grad_norm_(theirs, limit);
            var exact = Math.Sqrt(start.Sum(gradient => gradient.to(ScalarType.Float64).square().sum().item<double>()));
            Assert.All(norms, norm => Assert.Equal(exact, norm, exact * 1e-6));
            Assert.Equal(expected, norms[0], exact * 1e-6);
            for (var i = 0; i < start.Length; i++)
                TensorAssert.Close(theirs[i].grad!, ours[i].grad, 4e-7, $"gradient {i}");
        }
    }

    [Fact]
    public void A_number_that_is_none_among_the_gradients_reaches_all()
    {
        using var scope = NewDisposeScope();
        foreach (var form in Forms.Both())
        {
            using (form)
            {
                var parameters = Parameters([ones(5), ones(3)]);
                (parameters[0].grad, parameters[1].grad) = (ones(5), full(3, float.NaN));
                Assert.True(double.IsNaN(GradientNorm.Clip(parameters, 1)));
                Assert.True(float.IsNaN(parameters[0].grad!.sum().item<float>()));
                Assert.Equal(0, GradientNorm.Clip(Parameters([ones(2)]), 1));
            }
        }
    }

    private static Parameter[] Parameters(IEnumerable<Tensor> values) => [.. values.Select(value => nn.Parameter(value.detach().clone()))];
}
