using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Synthetic;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Evaluation;

public sealed class AnnealedNllTests
{
    private const int Vectors = 16;

    private static readonly AnnealingOptions _options = new() { Steps = 400, Chains = 32, LeapfrogSteps = 5 };

    /// <summary>On factor analysis, of which −log p(x) is known, from the prior and from a posterior that is too narrow.</summary>
    [Theory]
    [InlineData(2, AnnealingStart.Prior)]
    [InlineData(16, AnnealingStart.Prior)]
    [InlineData(2, AnnealingStart.Posterior)]
    [InlineData(16, AnnealingStart.Posterior)]
    public void Agrees_with_the_closed_form_within_its_error(int latentSize, AnnealingStart start)
    {
        using var scope = NewDisposeScope();
        using var source = LinearGaussian.Create(latentSize, inputs: 2 * latentSize, deviation: 0.5, seed: 1, width: 0.7);
        var examples = source.Sample(Vectors, seed: 2).Examples;

        var annealed = AnnealedNll.Estimate(source.Model, examples, _options with { Start = start }, seed: 3);

        var truth = source.Nll(examples);
        Assert.InRange(annealed.MonteCarloError, 1e-4, 0.08);
        Assert.InRange(annealed.Mean - truth.Average(), -4 * annealed.MonteCarloError, 4 * annealed.MonteCarloError);
        Assert.All(annealed.PerSentence.Zip(truth, annealed.MonteCarloErrors),
            example => Assert.Equal(example.Second, example.First, 6 * example.Third + 0.01));
        Assert.All(annealed.EffectiveChains, chains => Assert.InRange(chains, 1, _options.Chains));
        Assert.InRange(annealed.Acceptance, 0.5, 0.85);
    }

    /// <summary>Also where there are so few distributions that neither side is near the truth.</summary>
    [Theory]
    [InlineData(2, 400, 0.1)]
    [InlineData(16, 400, 0.5)]
    [InlineData(16, 4, 100)]
    public void Both_directions_enclose_the_truth(int latentSize, int steps, double gap)
    {
        using var scope = NewDisposeScope();
        using var source = LinearGaussian.Create(latentSize, inputs: 2 * latentSize, deviation: 0.5, seed: 4);
        var (examples, codes) = source.Sample(Vectors, seed: 5);

        var bounds = BidirectionalNll.Estimate(source.Model, examples, codes, _options with { Steps = steps }, seed: 6);

        var truth = source.Nll(examples).Average();
        // The reverse chains of an example have their first code in common, so that their error is that over examples.
        double[] below = [.. bounds.Lower.PerSentence.Zip(source.Nll(examples), (bound, exact) => bound - exact)];
        Assert.True(bounds.Upper.Mean > truth - 4 * bounds.Upper.MonteCarloError, $"{bounds.Upper.Mean} < {truth}");
        Assert.True(below.Average() < 4 * Statistics.StandardError(below), $"{bounds.Lower.Mean} > {truth}");
        Assert.InRange(bounds.Gap, -0.05, gap);
        Assert.True(steps > 4 || bounds.Gap > 0.5, $"a gap of {bounds.Gap} is too small to test anything");
    }

    /// <summary>Through the kernels of a decoder of texts, against the trapezoidal rule.</summary>
    [Fact]
    public void Agrees_with_quadrature_on_sentences()
    {
        manual_seed(11);
        using var model = new LstmVaeConfig { EmbeddingSize = 6, HiddenSize = 8, LatentSize = 1, Dropout = 0.5 }.Build(9);
        using (no_grad())
        {
            foreach (var (name, weight) in model.named_parameters())
                weight.mul_(name.StartsWith("posterior", StringComparison.Ordinal) ? 1 : 4);
        }

        var sentences = new EncodedSentences(
            [[4, 5, 6, 7], [8, 4], [7, 7, 7, 5, 6]], [.. Enumerable.Range(0, 3).Select(i => new Sentence($"{i}", "", ""))]);

        var annealed = AnnealedNll.Estimate(model, sentences, _options with { Steps = 100, Chains = 64 }, seed: 1);

        var truth = QuadraturePosterior.Evaluate(model, sentences, points: 401, reach: 8).Nll;
        Assert.All(annealed.PerSentence.Zip(truth, annealed.MonteCarloErrors),
            example => Assert.Equal(example.Second, example.First, 5 * example.Third + 0.005));
        Assert.True(annealed.MonteCarloError < 0.05);
        Assert.Equal(5 + 3 + 6, annealed.Tokens);
        Assert.All(model.parameters(), weight => Assert.True(weight.requires_grad));
        Assert.True(model.training);
    }

    [Fact]
    public void There_must_be_one_code_per_example()
    {
        using var scope = NewDisposeScope();
        using var source = LinearGaussian.Create(latentSize: 2, inputs: 4, deviation: 0.5, seed: 1);
        var (examples, codes) = source.Sample(3, seed: 1);
        Assert.Throws<ArgumentException>(() => BidirectionalNll.Estimate(source.Model, examples, codes[..2], _options, seed: 1));
    }
}
