using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Evaluation;

public sealed class DimensionInformationTests
{
    [Fact]
    public void Finds_the_dimension_that_tells_the_attribute()
    {
        int[] classes = [.. Enumerable.Range(0, 600).Select(i => i % 3)];
        var noise = StandardNormal.Sample(600, 3, 1);
        var codes = noise + tensor(classes.SelectMany(c => new[] { 0f, 0, 9 * c }).ToArray()).view(600, 3);

        var information = DimensionInformation.Estimate(codes, classes, new InformationOptions { Bins = 3, Shuffles = 5 }, seed: 1);

        Assert.Equal(3, information.Dimensions.Count);
        Assert.Equal(2, information.Best);
        Assert.Equal(Math.Log(3), information.Most, 0.02);
        Assert.InRange(information.Chance, 0, 0.05);
        Assert.All(information.Dimensions.Take(2), dimension => Assert.InRange(dimension.Value, -0.02, 0.05));
    }
}
