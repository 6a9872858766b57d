using Research.TextVae.Evaluation;
using Research.TextVae.Synthetic;

namespace Research.TextVae.Tests.Synthetic;

public sealed class OracleTruthTests
{
    /// <summary>−ELBO = −log p(x) + KL(q(z|x) ‖ p(z|x)), with an encoder that is not trained and so not far from the prior.</summary>
    [Fact]
    public void The_negative_elbo_is_the_nll_and_the_kl_from_the_posterior()
    {
        var oracle = new LstmOracle(seed: 1, words: 12, length: 3, width: 16);
        var (sentences, codes) = oracle.Sample(12, seed: 2);
        using var model = new OracleVae(oracle, width: 8);

        var truth = OracleTruth.Evaluate(model, oracle, sentences, codes, CodeGrid.Create(61));

        var bound = Enumerable.Range(0, 200).Average(seed => VaeMetrics.Evaluate(model, sentences, (ulong)seed).NegativeElbo);
        Assert.Equal(truth.Nll + truth.PosteriorKl, bound, 0.1);
        Assert.True(truth.PosteriorKl > 0);
        Assert.True(double.IsFinite(truth.MutualInformation));
    }
}
