using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Synthetic;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Synthetic;

public sealed class LstmOracleTests
{
    private static readonly LstmOracle Tiny = new(seed: 3, words: 6, length: 2, width: 8);

    /// <summary>The likelihoods by quadrature of all sentences there can be sum to 1.</summary>
    [Fact]
    public void All_sentences_have_probability_one()
    {
        var targets = (from first in Enumerable.Range(4, 6)
                       from second in Enumerable.Range(
            4, 6)
                       select new[] { (long)first, second, Vocabulary.EosId }).SelectMany(row => row).ToArray();
        var grid = CodeGrid.Create();

        var nll = grid.Nll(Tiny.LogLikelihood(torch.tensor(targets).reshape(36, 3), grid.Codes));

        Assert.Equal(1.0, (-nll).exp().sum().item<double>(), 5);
        Assert.Equal(1.0, grid.LogWeights.exp().sum().item<double>(), 7);
    }

    /// <summary>The frequencies of drawn sentences are their probabilities: a χ² test over all 36.</summary>
    [Fact]
    public void Draws_follow_the_likelihood()
    {
        const int count = 20_000;
        var (sentences, codes) = Tiny.Sample(count, seed: 5);
        var targets = (from first in Enumerable.Range(4, 6)
                       from second in Enumerable.Range(
            4, 6)
                       select new[] { (long)first, second, Vocabulary.EosId }).SelectMany(row => row).ToArray();
        var grid = CodeGrid.Create();
        var expected = (-grid.Nll(Tiny.LogLikelihood(torch.tensor(targets).reshape(36, 3), grid.Codes))).exp().data<double>().ToArray();
        var observed = new int[36];
        foreach (var sentence in sentences)
            observed[(sentence[0] - 4) * 6 + sentence[1] - 4]++;

        var statistic = expected.Zip(observed, (p, n) => Math.Pow(n - count * p, 2) / (count * p)).Sum();

        Assert.InRange(statistic, 10, 72); // χ² with 35 degrees of freedom: outside with probability below 1e-3
        Assert.Equal([count, LstmOracle.Latent], codes.shape);
    }

    /// <summary>A finer and wider grid says the same.</summary>
    [Fact]
    public void Quadrature_has_converged()
    {
        var oracle = new LstmOracle(seed: 1, words: 200);
        var batch = Batch(oracle.Sample(4, seed: 2).Sentences);
        var (coarse, fine) = (CodeGrid.Create(), CodeGrid.Create(points: 101, reach: 7));

        var first = coarse.Nll(oracle.LogLikelihood(batch.Targets, coarse.Codes));
        var second = fine.Nll(oracle.LogLikelihood(batch.Targets, fine.Codes));

        Assert.True(first.allclose(second, rtol: 1e-4),
            $"{string.Join(' ', first.data<double>().ToArray())} against {string.Join(' ', second.data<double>().ToArray())}");
    }

    /// <summary>
    /// −ELBO lies above the true −log p(x) by KL(q ‖ true posterior), and the importance-weighted bound comes down to it as K grows.
    /// </summary>
    [Fact]
    public void Bounds_lie_above_the_truth_by_what_theory_says()
    {
        var oracle = new LstmOracle(seed: 1, words: 50, width: 16);
        manual_seed(4);
        using var model = new OracleVae(oracle, width: 8);
        using var _ = no_grad();
        var sentences = oracle.Sample(40, seed: 6).Sentences;
        var batch = Batch(sentences);
        var grid = CodeGrid.Create();
        var likelihood = oracle.LogLikelihood(batch.Targets, grid.Codes);
        var truth = grid.Nll(likelihood).mean().item<double>();
        var posterior = model.Encode(batch);
        var gap = grid.PosteriorKl(
            new DiagonalGaussian(posterior.Mean.to_type(ScalarType.Float64), posterior.LogVariance.to_type(ScalarType.Float64)), likelihood)
                .mean().item<double>();

        var bounds = Enumerable.Range(0, 400).Select(i =>
        {
            var terms = model.Elbo(batch, StandardNormal.Sample(batch.Size, LstmOracle.Latent, (ulong)i));
            return (double)((terms.Reconstruction.Total + terms.Kl.sum()) / batch.Size).item<float>();
        }).ToArray();
        var elbo = bounds.Average();
        var error = Math.Sqrt(bounds.Sum(bound => Math.Pow(bound - elbo, 2)) / bounds.Length / (bounds.Length - 1));
        double Weighted(int samples) => ImportanceWeightedNll.Estimate(model, sentences, samples, seed: 9).Mean;

        Assert.InRange(elbo - truth, gap - 4 * error - 1e-3, gap + 4 * error + 1e-3);
        Assert.True(gap > 0.02, $"{gap} is too small to test anything");
        var (few, some, many) = (Weighted(1), Weighted(10), Weighted(5000));
        Assert.True(few > some && some > many, $"{few}, {some}, {many}");
        Assert.InRange(many, truth - 0.02, truth + 0.02);
    }

    private static TextBatch Batch(EncodedSentences sentences) =>
        sentences.ToBatch();
}
