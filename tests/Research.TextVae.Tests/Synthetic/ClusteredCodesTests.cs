using Research.TextVae.Synthetic;

namespace Research.TextVae.Tests.Synthetic;

public sealed class ClusteredCodesTests
{
    [Fact]
    public void Codes_lie_about_the_centres_in_turn()
    {
        using var codes = ClusteredCodes.Sample(4000, seed: 1);
        using var means = codes.view(1000, 4, 2).mean([0]);
        float[] expected = [2, 2, -2, 2, 2, -2, -2, -2];
        Assert.All(expected.Zip(means.data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 0.15));
        Assert.Equal(["(2, 2)", "(−2, 2)", "(2, −2)", "(−2, −2)", "(2, 2)"], Enumerable.Range(0, 5).Select(ClusteredCodes.Cluster));
    }

    [Fact]
    public void The_source_tells_no_more_than_its_codes_can()
    {
        var oracle = new LstmOracle(seed: 1, words: 20, length: 4, width: 16);

        var (nll, information) = oracle.EstimateClustered(40, seed: 2, samples: 500);

        Assert.InRange(nll, 0, 4 * Math.Log(20) + 4);
        Assert.InRange(information, 0, nll);
        Assert.Equal(oracle.SampleClustered(5, 3).SelectMany(ids => ids), oracle.SampleClustered(5, 3).SelectMany(ids => ids));
    }
}
