using Research.TextVae.Models;
using Research.TextVae.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Objectives;

public sealed class RemedyTests
{
    /// <summary>By hand for KL of two sentences in two dimensions, (0.1, 0.9) and (0.5, 0.2), and λ = 0.4.</summary>
    [Theory]
    [InlineData(FreeBitsForm.PerDimension, 0.4, 2 * (0.4 + 0.55))] // means 0.3 → 0.4 and 0.55
    [InlineData(FreeBitsForm.PerSentence, 0.8, 1.0 + 0.8)] // sums 1.0 and 0.7 → 0.8
    [InlineData(FreeBitsForm.PerDimensionAndSentence, 0.4, 0.4 + 0.9 + 0.5 + 0.4)]
    public void Free_bits_hold_their_share(FreeBitsForm form, double nats, double expected)
    {
        using var kl = tensor(new[] { 0.1, 0.9, 0.5, 0.2 }).view(2, 2);
        kl.requires_grad = true;

        var held = new FreeBits { Nats = nats, Form = form }.Apply(kl);
        held.backward();

        Assert.Equal(expected, held.item<double>(), 12);
        // What is held has no gradient; everything else has that of the plain sum.
        double[] free = form switch
        {
            FreeBitsForm.PerDimension => [0, 1, 0, 1],
            FreeBitsForm.PerSentence => [1, 1, 0, 0],
            _ => [0, 1, 1, 0],
        };
        Assert.Equal(free, kl.grad!.data<double>().ToArray());
    }

    /// <summary>Unbiased: between samples of one distribution the mean over many estimates is 0; a shifted sample is farther
    /// away.</summary>
    [Fact]
    public void Mmd_is_zero_in_the_mean_and_grows_with_distance()
    {
        var estimates = Enumerable.Range(0, 400).Select(i =>
            MaximumMeanDiscrepancy.Estimate(StandardNormal.Sample(20, 3, (ulong)(2 * i)), StandardNormal.Sample(20, 3, (ulong)(2 * i + 1)))
                .item<float>()).ToArray();
        var mean = estimates.Average();
        var error = Math.Sqrt(estimates.Sum(x => (x - mean) * (x - mean)) / estimates.Length / (estimates.Length - 1));

        Assert.InRange(mean, -4 * error, 4 * error);
        var (z, prior) = (StandardNormal.Sample(200, 3, 1), StandardNormal.Sample(200, 3, 2));
        var near = MaximumMeanDiscrepancy.Estimate(z + 0.5, prior).item<float>();
        var far = MaximumMeanDiscrepancy.Estimate(z + 1.5, prior).item<float>();
        Assert.True(far > near && near > 10 * error, $"{near}, {far}");
    }

    /// <summary>The kernel sums in matrices are those of the definition.</summary>
    [Fact]
    public void Mmd_equals_its_definition()
    {
        var (x, y) = (StandardNormal.Sample(4, 2, 3), StandardNormal.Sample(4, 2, 4));
        double Kernel(Tensor a, Tensor b) => 4 / (4 + (a - b).pow(2).sum().item<float>());
        var expected = 0.0;
        for (var i = 0; i < 4; i++)
        {
            for (var j = 0; j < 4; j++)
                expected += (i == j ? 0 : (Kernel(x[i], x[j]) + Kernel(y[i], y[j])) / 12) - Kernel(x[i], y[j]) / 8;
        }

        Assert.Equal(expected, MaximumMeanDiscrepancy.Estimate(x, y).item<float>(), 5);
    }
}
