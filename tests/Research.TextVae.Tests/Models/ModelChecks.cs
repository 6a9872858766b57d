using Research.TextVae.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

/// <summary>What every model must pass.</summary>
internal static class ModelChecks
{
    /// <summary>
    /// The gradient of every parameter tensor against central differences along random directions, the model and its loss in double
    /// precision. A direction has ±1 at every element, so an error at any of them shows.
    /// </summary>
    public static void GradientsAgreeWithFiniteDifferences(nn.Module model, Func<Tensor> loss)
    {
        const double step = 1e-6;
        loss().backward();
        using var generator = new Generator(7);
        foreach (var (name, weight) in model.named_parameters())
        {
            Assert.True(weight.grad is not null, $"{name} has no gradient");
            using var _ = no_grad();
            for (var draw = 0; draw < 4; draw++)
            {
                using var scope = NewDisposeScope();
                var direction = rand(weight.shape, ScalarType.Float64, generator: generator).ge(0.5).to(ScalarType.Float64) * 2 - 1;
                var expected = (weight.grad * direction).sum().item<double>();
                var weights = weight.clone();
                double At(double distance)
                {
                    weight.copy_(weights + distance * direction);
                    return loss().item<double>();
                }

                var numeric = (At(step) - At(-step)) / (2 * step);
                weight.copy_(weights);
                Assert.True(Math.Abs(numeric - expected) < 1e-6 * Math.Max(1, Math.Abs(numeric)),
                    $"{name}, direction {draw}: {expected} against {numeric}");
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

    /// <summary>
    /// Token by token the logits are those of the whole text, by <see cref="IAutoregressiveModel.DecodeStep"/> as well as by what
    /// <see cref="IAutoregressiveModel.StartSession"/> gives.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="start">The state before the first token.</param>
    /// <param name="tokens">int64 [batch, time].</param>
    /// <param name="whole">Logits with teacher forcing; [batch, time, vocabulary].</param>
    public static void DecodingEqualsTeacherForcing(IAutoregressiveModel model, DecoderState start, Tensor tokens, Tensor whole)
    {
        foreach (var run in new[] { new StepwiseSession(model, start), model.StartSession(start) })
        {
            for (var t = 0; t < tokens.shape[1]; t++)
            {
                var difference = (run.Next(tokens.select(1, t)) - whole.select(1, t)).abs().max().item<float>();
                Assert.True(difference < 1e-5, $"{run.GetType().Name}, token {t}: {difference}");
            }
        }
    }
}
