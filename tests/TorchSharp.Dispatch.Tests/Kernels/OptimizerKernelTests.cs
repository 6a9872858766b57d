using System.Runtime.InteropServices;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Kernels;

public sealed class OptimizerKernelTests
{
    [Theory]
    [InlineData(0, false, ScalarType.Float32, 1e-6)]
    [InlineData(0.1, false, ScalarType.Float32, 1e-6)]
    [InlineData(0.1, true, ScalarType.Float32, 1e-6)]
    [InlineData(0.1, true, ScalarType.Float64, 1e-14)]
    public void TwentyAdamStepsAreThoseOfStandardOperators(double decay, bool decoupled, ScalarType type, double tolerance)
    {
        const double rate = 0.01, beta1 = 0.9, beta2 = 0.99, eps = 1e-8;
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        manual_seed(15);
        // The second is a view that is not contiguous; the third has a single element.
        Tensor[] parameters = [randn([1003, 33], dtype: type), randn([8, 5], dtype: type).t(), randn([1], dtype: type)];
        var (first, second) = (parameters.Select(p => zeros_like(p)).ToArray(), parameters.Select(p => zeros_like(p)).ToArray());
        var twins = parameters.Select(p => (P: p.clone(), M: zeros_like(p), V: zeros_like(p))).ToArray();

        for (var step = 1; step <= 20; step++)
        {
            var gradients = parameters.Select(p => randn_like(p)).ToArray();
            Op.Run("textvae::adam_step", parameters, gradients, first, second, step, rate, beta1, beta2, eps, decay, decoupled);
            foreach (var ((p, m, v), g) in twins.Zip(gradients))
            {
                if (decoupled) p.mul_(1 - rate * decay);
                var gradient = decoupled ? g : g + decay * p;
                m.mul_(beta1).add_((1 - beta1) * gradient);
                v.mul_(beta2).add_((1 - beta2) * gradient * gradient);
                p.sub_(rate / (1 - Math.Pow(beta1, step)) * m / ((v / (1 - Math.Pow(beta2, step))).sqrt() + eps));
            }
        }

        for (var i = 0; i < parameters.Length; i++)
        {
            TensorAssert.Close(twins[i].P, parameters[i], tolerance, $"parameter {i}");
            TensorAssert.Close(twins[i].M, first[i], tolerance, $"first moment {i}");
            TensorAssert.Close(twins[i].V, second[i], tolerance, $"second moment {i}");
        }
    }

    [Fact]
    public void AnAdamStepOfUnequalShapesIsAnError()
    {
        using var scope = NewDisposeScope();
        Tensor[] three = [zeros(3)], four = [zeros(4)];
        var error = Assert.ThrowsAny<ExternalException>(() => Op.Run("textvae::adam_step", three, four, three, three, 1, 0.1, 0.9, 0.99, 1e-8, 0.0, false));
        Assert.Contains("parameter 0 has shape [3], gradient [4]", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1e9)]
    public void ClippingScalesToTheLimitAndLeavesSmallGradientsAlone(double limit)
    {
        using var scope = NewDisposeScope();
        manual_seed(16);
        Tensor[] gradients = [randn(300, 333), randn(7), randn([5, 4], dtype: ScalarType.Float64), randn(6, 8).t()];
        var before = gradients.Select(g => g.clone()).ToArray();
        var norm = Math.Sqrt(before.Sum(g => g.to(ScalarType.Float64).square().sum().item<double>()));

        var reported = Op.Call("textvae::clip_grad_norm_", gradients, limit).item<float>();

        Assert.Equal(norm, reported, norm * 1e-6);
        var factor = Math.Min(1, limit / (norm + 1e-6));
        for (var i = 0; i < gradients.Length; i++) TensorAssert.Close(before[i] * factor, gradients[i], 1e-6, $"gradient {i}");
    }

    [Fact]
    public void ANotANumberAmongTheGradientsReachesAll()
    {
        using var scope = NewDisposeScope();
        Tensor[] gradients = [ones(5), full(3, float.NaN)];
        Assert.True(float.IsNaN(Op.Call("textvae::clip_grad_norm_", gradients, 1.0).item<float>()));
        Assert.True(float.IsNaN(gradients[0].sum().item<float>()));
    }
}
