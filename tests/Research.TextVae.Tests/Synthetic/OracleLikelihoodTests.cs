using Research.TextVae.Synthetic;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Synthetic;

public sealed class OracleLikelihoodTests
{
    [Fact]
    public void The_mean_is_that_of_the_grid()
    {
        using var oracle = new LstmOracle(seed: 1, words: 6, length: 3, width: 8);
        var (sentences, _) = oracle.Sample(4, seed: 2);
        var grid = CodeGrid.Create(points: 21, reach: 5);

        var exact = grid.Nll(oracle.LogLikelihood(sentences.ToBatch().Targets, grid.Codes)).data<double>().ToArray();

        Assert.Equal(exact.Average(), oracle.Nll(sentences, grid), 1e-9);
    }
}
