using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

/// <summary>What every model must pass.</summary>
internal static class ModelChecks
{
    /// <summary>Every weight's gradient against central differences; the model and its loss in double precision.</summary>
    public static void GradientsAgreeWithFiniteDifferences(nn.Module model, Func<Tensor> loss)
    {
        const double step = 1e-6;
        loss().backward();
        foreach (var (name, weight) in model.named_parameters())
        {
            Assert.True(weight.grad is not null, $"{name} has no gradient");
            var gradient = weight.grad.flatten().data<double>().ToArray();
            using var _ = no_grad();
            var flat = weight.view(-1);
            for (var index = 0; index < gradient.Length; index++)
            {
                double At(double change)
                {
                    using var scope = NewDisposeScope();
                    flat[index].add_(change);
                    var value = loss().item<double>();
                    flat[index].sub_(change);
                    return value;
                }

                var numeric = (At(step) - At(-step)) / (2 * step);
                Assert.True(Math.Abs(numeric - gradient[index]) < 1e-6 * Math.Max(1, Math.Abs(numeric)), $"{name}[{index}]: {gradient[index]} against {numeric}");
            }
        }
    }

    /// <summary>One optimizer step changes every parameter: nothing is left out of the graph.</summary>
    public static void OneStepChangesEveryParameter(nn.Module model, Func<Tensor> loss)
    {
        var before = model.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.clone());
        using var optimizer = optim.Adam(model.parameters(), 1e-2);
        loss().backward();
        optimizer.step();
        foreach (var (name, parameter) in model.named_parameters())
            Assert.False(parameter.Equals(before[name]), $"{name} has not changed");
    }
}
