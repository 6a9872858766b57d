using Research.TextVae.Evaluation;

namespace Research.TextVae.Tests.Evaluation;

public sealed class StatisticsTests
{
    [Fact]
    public void Entropy_of_equally_frequent_classes_is_the_logarithm_of_their_number()
    {
        Assert.Equal(Math.Log(4), Statistics.Entropy([0, 1, 2, 3]), 12);
        Assert.Equal(0, Statistics.Entropy([7, 7, 7]), 12);
        Assert.Equal(-0.25 * Math.Log(0.25) - 0.75 * Math.Log(0.75), Statistics.Entropy([1, 0, 1, 1]), 12);
    }
}
