using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Evaluation;

public sealed class CodeProbeTests
{
    private const int Count = 4000;

    /// <summary>Two classes whose codes are a unit to either side along a diagonal: the best accuracy is Φ(1), and I(z; c) is
    /// log 2 − E[log(1 + exp(−2x))] with x ~ N(1, 1), which is 0.3368 nats.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    public void Comes_near_the_best_classifier_and_the_information_of_two_Gaussians(int hidden)
    {
        using var scope = NewDisposeScope();
        int[] classes = [.. Enumerable.Range(0, Count).Select(i => i % 2)];
        var signs = tensor(Array.ConvertAll(classes, c => c * 2f - 1)).unsqueeze(1) / (float)Math.Sqrt(2);
        var codes = StandardNormal.Sample(Count, 3, 1) + cat([signs, signs, zeros_like(signs)], 1);

        var probe = CodeProbe.CrossValidate(codes, classes, Options(hidden), seed: 1);

        Assert.Equal(0.8413, probe.Accuracy, 0.015);
        Assert.InRange(probe.Information, 0.3368 - 0.025, 0.3368 + 0.015);
        Assert.Equal(0.5, probe.Majority);
        Assert.Equal(Math.Sqrt(0.8413 * 0.1587 / Count), probe.StandardError, 3e-4);
    }

    /// <summary>The sign of a product: nothing for a linear probe, all of it for a perceptron.</summary>
    [Fact]
    public void A_perceptron_tells_what_no_line_divides()
    {
        using var scope = NewDisposeScope();
        var codes = StandardNormal.Sample(1500, 2, 2);
        int[] classes = [.. codes.prod(1).gt(0).data<bool>().Select(positive => positive ? 1 : 0)];

        Assert.InRange(CodeProbe.CrossValidate(codes, classes, ProbeOptions.Linear, 1).Accuracy, 0.44, 0.56);
        Assert.InRange(CodeProbe.CrossValidate(codes, classes, ProbeOptions.Mlp, 1).Accuracy, 0.93, 1);
    }

    /// <summary>Classes that the code does not tell: the accuracy is the commonest class's and the information 0, since every code is
    /// judged by a probe that has not seen it.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    public void Chance_is_not_taken_for_information(int hidden)
    {
        using var scope = NewDisposeScope();
        var random = new StableRandom(3);
        int[] classes = [.. Enumerable.Range(0, 800).Select(_ => random.NextDouble() < 0.6 ? 0 : 1 + random.Next(2))];
        var state = get_rng_state();

        var probe = CodeProbe.CrossValidate(StandardNormal.Sample(800, 16, 4), classes, Options(hidden), seed: 1);

        Assert.InRange(probe.Accuracy, probe.Majority - 0.03, probe.Majority + 0.01);
        Assert.InRange(probe.Information, -0.03, 0.005);
        Assert.True(state.Equals(get_rng_state()), "the default generator has been changed");
        Assert.Throws<UserException>(() => CodeProbe.CrossValidate(zeros(2, 2), [0, 1], ProbeOptions.Linear, 1));
    }

    private static ProbeOptions Options(int hidden) => hidden == 0 ? ProbeOptions.Linear : ProbeOptions.Mlp with { HiddenSize = hidden };
}
