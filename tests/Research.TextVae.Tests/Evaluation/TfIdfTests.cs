using Research.TextVae.Evaluation;

namespace Research.TextVae.Tests.Evaluation;

public sealed class TfIdfTests
{
    /// <summary>By hand: three documents; 1 is in all of them and weighs nothing, 2 in two, 3 and 4 in one each.</summary>
    [Fact]
    public void Cosines_weigh_rare_words_more()
    {
        int[][] documents = [[1, 2, 3, 3], [1, 2, 4], [1, 1]];
        var (two, rare) = (Math.Log(3 / 2.0), Math.Log(3));
        double Norm(params double[] weights) => Math.Sqrt(weights.Sum(weight => weight * weight));

        var cosines = new TfIdf(documents).Cosines([2, 3, 1, 9]);

        var query = Norm(two, rare);
        Assert.Equal((two * two + rare * 2 * rare) / (query * Norm(two, 2 * rare)), cosines[0], 12);
        Assert.Equal(two * two / (query * Norm(two, rare)), cosines[1], 12);
        Assert.Equal(0, cosines[2]);
        Assert.All(new TfIdf(documents).Cosines([9]), cosine => Assert.Equal(0, cosine));
        Assert.Equal(1, new TfIdf(documents).Cosines([4, 2, 1, 1])[1], 12);
    }

    [Fact]
    public void The_nearest_has_the_highest_cosine()
    {
        var nearest = NearestSentence.ByTfIdf([[4, 1], [3]], [[1, 2, 3, 3], [1, 2, 4], [1, 1]]);
        Assert.Equal([1, 0], nearest.Select(neighbour => neighbour.Index));
        Assert.Equal(2 * Math.Log(3) / Math.Sqrt(4 * Math.Pow(Math.Log(3), 2) + Math.Pow(Math.Log(1.5), 2)), nearest[1].Value, 12);
    }
}
