using static TorchSharp.torch;

namespace TorchSharp.Tests;

/// <summary>Compares autograd with central differences in float64.</summary>
internal static class GradientCheck
{
    private const double Step = 1e-6;

    /// <summary>
    /// Checks d/dx of a fixed random weighting of <paramref name="function"/>'s elements, for every element of every input.
    /// </summary>
    public static void Run(Func<Tensor[], Tensor> function, Tensor[] inputs, double tolerance = 1e-6)
    {
        using var scope = NewDisposeScope();
        foreach (var input in inputs) input.requires_grad_();
        using var generator = new Generator(7);
        Tensor? weights = null;

        Tensor Weighted()
        {
            var output = function(inputs);
            weights ??= rand(output.shape, ScalarType.Float64, generator: generator) + 0.5;
            return (output * weights).sum();
        }

        var analytic = autograd.grad([Weighted()], inputs);
        for (var i = 0; i < inputs.Length; i++)
        {
            using var noGradient = no_grad();
            var flat = inputs[i].detach().view(-1);
            var expected = analytic[i].reshape(-1).data<double>().ToArray();
            for (var j = 0; j < expected.Length; j++)
            {
                using var inner = NewDisposeScope();
                var value = flat[j].item<double>();
                flat[j].fill_(value + Step);
                var up = Weighted().item<double>();
                flat[j].fill_(value - Step);
                var down = Weighted().item<double>();
                flat[j].fill_(value);
                var numeric = (up - down) / (2 * Step);
                Assert.True(
                    Math.Abs(numeric - expected[j]) <= tolerance * (1 + Math.Abs(numeric)),
                    $"input {i}, element {j}: autograd {expected[j]}, differences {numeric}");
            }
        }
    }
}
