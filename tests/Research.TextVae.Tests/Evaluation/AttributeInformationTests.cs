using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Support;

namespace Research.TextVae.Tests.Evaluation;

public sealed class AttributeInformationTests
{
    private const int Count = 20_000;

    /// <summary>Of two Gaussians of correlation ρ, I = −½ log(1 − ρ²); bins see nearly all of it.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(0.7)]
    [InlineData(0.9)]
    public void Agrees_with_the_closed_form_of_a_Gaussian_pair(double correlation)
    {
        var (x, y) = Pair(Count, correlation);

        var information = AttributeInformation.Estimate(x, AttributeInformation.Bins(y, 20), bins: 20, shuffles: 5, seed: 1);

        var truth = -0.5 * Math.Log(1 - (correlation * correlation));
        Assert.InRange(information.Value, (0.93 * truth) - 0.004, truth + 0.004);
        Assert.InRange(information.Chance, -0.003, 0.003);
        Assert.Equal(correlation > 0, information.Value > information.Largest + 0.01);
    }

    /// <summary>The plain count of 10 × 8 cells finds 63 / 600 nats among 300 independent examples; without the first term of its bias
    /// little is left.</summary>
    [Fact]
    public void Little_data_do_not_look_like_information()
    {
        var values = Enumerable.Range(0, 40).Select(repeat =>
        {
            var random = new StableRandom(StableRandom.Derive(2, (ulong)repeat));
            double[] x = [.. Enumerable.Range(0, 300).Select(_ => random.NextDouble())];
            int[] classes = [.. Enumerable.Range(0, 300).Select(_ => random.Next(8))];
            return AttributeInformation.Estimate(x, classes, bins: 10, shuffles: 1, seed: 3).Value;
        });

        Assert.InRange(values.Average(), -0.015, 0.015);
    }

    [Fact]
    public void A_class_that_the_value_decides_is_told_whole()
    {
        double[] values = [.. Enumerable.Range(0, 4000).Select(i => i * 7919 % 4000 / 4000.0)];
        int[] classes = [.. values.Select(value => value < 0.5 ? 0 : value < 0.75 ? 1 : 2)];

        var entropy = (0.5 * Math.Log(2)) + (0.5 * Math.Log(4));
        Assert.Equal(entropy, AttributeInformation.Estimate(values, classes, bins: 8, shuffles: 3, seed: 1).Value, 0.01);
    }

    [Fact]
    public void Bins_hold_equal_counts_and_keep_equal_values_together()
    {
        Assert.Equal([0, 0, 1, 1, 2, 2], AttributeInformation.Bins([1, 2, 3, 4, 5, 6], 3));
        Assert.Equal([2, 2, 2, 2], AttributeInformation.Bins([5, 5, 5, 5], 3));
        Assert.Throws<UserException>(() => AttributeInformation.Bins([1], 2));
    }

    private static (double[] X, double[] Y) Pair(int count, double correlation)
    {
        var noise = StandardNormal.Sample(count, 2, 4).data<float>().ToArray();
        double[] x = [.. noise.Take(count).Select(value => (double)value)];
        return (x, [.. x.Zip(noise.Skip(count), (a, b) => (correlation * a) + (Math.Sqrt(1 - (correlation * correlation)) * b))]);
    }
}
