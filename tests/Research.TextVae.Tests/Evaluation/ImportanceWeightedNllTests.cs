using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Synthetic;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Evaluation;

public sealed class ImportanceWeightedNllTests
{
    private static readonly ImportanceSampling _plain = new() { Doublings = 0, Proposal = ImportanceProposal.Posterior };
    private static readonly ImportanceSampling _defensive = new() { Doublings = 0 };

    /// <summary>
    /// With a code of one dimension −log ∫ p(z) p(x|z) dz can be computed on a grid. The bound of Burda et al. starts at the negative
    /// ELBO with one sample, falls as samples are added, and reaches the truth; so does the estimate by the defensive mixture.
    /// </summary>
    [Fact]
    public void Falls_from_the_negative_elbo_to_the_true_likelihood()
    {
        manual_seed(11);
        using var model = new LstmVaeConfig { EmbeddingSize = 6, HiddenSize = 8, LatentSize = 1, Dropout = 0 }.Build(9);
        using var _ = no_grad();
        // A decoder to which the code matters; the posterior stays wide enough to be a usable proposal.
        foreach (var (name, weight) in model.named_parameters())
        {
            if (!name.StartsWith("posterior", StringComparison.Ordinal))
                weight.mul_(4);
        }

        var sentences = new EncodedSentences(
            [[4, 5, 6, 7], [8, 4], [7, 7, 7, 5, 6]], [.. Enumerable.Range(0, 3).Select(i => new Sentence($"{i}", "", ""))]);

        var truth = QuadraturePosterior.Evaluate(model, sentences, points: 1001, reach: 8).Nll;
        double[] Average(int samples, int repeats, ImportanceSampling sampling) =>
        [
            .. Enumerable.Range(0, repeats)
                .Select(i => ImportanceWeightedNll.Estimate(model, sentences, sampling with { Samples = samples }, (ulong)i).PerSentence)
                .Aggregate(new double[3], (sum, values) => [.. sum.Zip(values, (a, b) => a + b / repeats)]),
        ];
        var one = Average(1, 500, _plain);
        var ten = Average(10, 1000, _plain);
        var many = Average(2000, 4, _plain);
        var mixed = Average(2000, 4, _defensive);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(truth[i], many[i], tolerance: 0.02);
            Assert.Equal(truth[i], mixed[i], tolerance: 0.02);
            Assert.True(one[i] > ten[i] - 0.02 && ten[i] > many[i] - 0.02, $"{one[i]}, {ten[i]}, {many[i]}, truth {truth[i]}");
        }

        Assert.True(one.Sum() > truth.Sum() + 0.05, "the gap of the ELBO is too small for this test to tell anything");
    }

    /// <summary>An encoder whose deviations are a third of what they should be: the mixture is nearer to the truth, knows its error, and
    /// loses little where the encoder is right.</summary>
    [Theory]
    [InlineData(2, 0.3)]
    [InlineData(16, 0.5)]
    public void A_defensive_mixture_survives_an_encoder_that_is_too_narrow(int latentSize, double width)
    {
        using var scope = NewDisposeScope();
        using var source = LinearGaussian.Create(latentSize, inputs: 2 * latentSize, deviation: 0.5, seed: 1, width);
        var examples = source.Sample(50, seed: 2).Examples;
        var truth = source.Nll(examples).Average();

        var plain = ImportanceWeightedNll.Estimate(source.Model, examples, _plain, seed: 3);
        var mixed = ImportanceWeightedNll.Estimate(source.Model, examples, _defensive, seed: 3);

        Assert.True(plain.Mean - truth > 3 * (mixed.Mean - truth), $"plain {plain.Mean}, mixed {mixed.Mean}, truth {truth}");
        Assert.InRange(mixed.Mean - truth, -4 * mixed.MonteCarloError, 0.1 + 4 * mixed.MonteCarloError);
        Assert.True(mixed.MedianEffectiveSamples > 2 * plain.MedianEffectiveSamples,
            $"{mixed.MedianEffectiveSamples} and {plain.MedianEffectiveSamples}");
    }

    /// <summary>With one dimension the encoder's posterior is the true one: every weight is p(x), and no draw is wasted.</summary>
    [Fact]
    public void With_the_true_posterior_all_samples_are_effective()
    {
        using var scope = NewDisposeScope();
        using var source = LinearGaussian.Create(latentSize: 1, inputs: 3, deviation: 0.5, seed: 1);
        var examples = source.Sample(20, seed: 2).Examples;

        var plain = ImportanceWeightedNll.Estimate(source.Model, examples, _plain, seed: 3);
        var mixed = ImportanceWeightedNll.Estimate(source.Model, examples, _defensive, seed: 3);

        Assert.All(plain.PerSentence.Zip(source.Nll(examples)), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
        Assert.All(plain.EffectiveSamples, samples => Assert.Equal(500, samples, 0.01));
        Assert.InRange(plain.MonteCarloError, 0, 1e-5);
        Assert.All(mixed.EffectiveSamples, samples => Assert.InRange(samples, 200, 500));
    }

    /// <summary>Over many seeds the estimates vary as much as each says of itself.</summary>
    [Theory]
    [InlineData(ImportanceProposal.DefensiveMixture)]
    [InlineData(ImportanceProposal.Posterior)]
    public void The_error_is_how_much_estimates_vary(ImportanceProposal proposal)
    {
        using var scope = NewDisposeScope();
        using var source = LinearGaussian.Create(latentSize: 2, inputs: 4, deviation: 0.5, seed: 1, width: 1.2);
        var examples = source.Sample(5, seed: 2).Examples;
        var sampling = _plain with { Samples = 100, Proposal = proposal };

        ImportanceWeightedNll[] estimates =
        [
            .. Enumerable.Range(0, 300).Select(seed => ImportanceWeightedNll.Estimate(source.Model, examples, sampling, (ulong)seed)),
        ];

        var varies = Statistics.StandardDeviation([.. estimates.Select(estimate => estimate.Mean)]);
        Assert.InRange(estimates.Average(estimate => estimate.MonteCarloError) / varies, 0.85, 1.15);
        Assert.Equal(Statistics.StandardError(estimates[0].PerSentence), estimates[0].StandardError);
        Assert.True(estimates[0].StandardError > 5 * estimates[0].MonteCarloError);
    }

    /// <summary>K doubles until its half gives nearly the same, and not beyond the limit.</summary>
    [Theory]
    [InlineData(1.0, 5, 100, true)]
    [InlineData(0.5, 1, 200, false)]
    public void Samples_are_doubled_until_the_estimate_has_converged(double width, int doublings, int samples, bool converged)
    {
        using var scope = NewDisposeScope();
        using var source = LinearGaussian.Create(latentSize: 16, inputs: 32, deviation: 0.5, seed: 1, width);
        var examples = source.Sample(20, seed: 2).Examples;
        var sampling = new ImportanceSampling
        {
            Samples = 100,
            Doublings = doublings,
            Tolerance = converged ? 1 : 0.01,
            Proposal = ImportanceProposal.Posterior,
        };

        var estimate = ImportanceWeightedNll.Estimate(source.Model, examples, sampling, seed: 3);

        Assert.Equal((samples, converged), (estimate.Samples, estimate.Converged));
        Assert.Equal(estimate.Fall < sampling.Tolerance, converged);
        Assert.True(estimate.Fall >= 0);
    }

    [Fact]
    public void A_single_sample_is_one_of_the_posterior_and_says_nothing_of_convergence()
    {
        using var scope = NewDisposeScope();
        using var source = LinearGaussian.Create(latentSize: 2, inputs: 4, deviation: 0.5, seed: 1);
        var examples = source.Sample(4, seed: 2).Examples;

        var mixed = ImportanceWeightedNll.Estimate(source.Model, examples, _defensive with { Samples = 1 }, seed: 3);

        Assert.Equal(ImportanceWeightedNll.Estimate(source.Model, examples, _plain with { Samples = 1 }, seed: 3).PerSentence,
            mixed.PerSentence);
        Assert.Equal((1, false), (mixed.Samples, mixed.Converged));
        var two = ImportanceWeightedNll.Estimate(
            source.Model, examples, _plain with { Samples = 1, Doublings = 1, Tolerance = 1e-9 }, seed: 3);
        Assert.Equal(2, two.Samples);
    }
}
