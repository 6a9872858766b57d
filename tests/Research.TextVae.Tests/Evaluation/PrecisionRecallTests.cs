using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Evaluation;

public sealed class PrecisionRecallTests
{
    /// <summary>On a line with k = 1. Real: 0 (to its neighbour 1), 1 (1), 5 (4). Generated: 0.5 (1.5), 2 (1.5), 20 (18).</summary>
    [Fact]
    public void Counts_what_lies_within_the_balls()
    {
        var test = PrecisionRecall.Estimate(
            tensor(new float[,] { { 0 }, { 1 }, { 5 } }), tensor(new float[,] { { 0.5f }, { 2 }, { 20 } }), neighbours: 1);

        Assert.Equal(2 / 3.0, test.Precision, 12);
        Assert.Equal(1, test.Recall, 12); // 5 is 15 from 20, whose ball is 18 wide
        Assert.Equal(0.8, test.F, 12);
    }

    /// <summary>The same distribution; one part of it; a much wider one; another.</summary>
    [Theory]
    [InlineData(1, 0, 0.85, 1, 0.85, 1)]
    [InlineData(0.1, 0, 0.98, 1, 0, 0.15)]
    [InlineData(8, 0, 0, 0.3, 0.7, 1)]
    [InlineData(1, 30, 0, 0, 0, 0)]
    public void Tells_what_is_wrong_from_what_is_missing(
        double width, double distance, double leastPrecision, double mostPrecision, double leastRecall, double mostRecall)
    {
        var test = PrecisionRecall.Estimate(StandardNormal.Sample(800, 3, 1), StandardNormal.Sample(800, 3, 2) * width + distance);

        Assert.InRange(test.Precision, leastPrecision, mostPrecision);
        Assert.InRange(test.Recall, leastRecall, mostRecall);
    }

    [Fact]
    public void Refuses_sets_of_different_size() =>
        Assert.Throws<UserException>(() => PrecisionRecall.Estimate(StandardNormal.Sample(10, 2, 1), StandardNormal.Sample(11, 2, 1)));
}
