using System.Text.Json;
using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Support;
using Research.TextVae.Synthetic;
using Research.TextVae.Tests.Models;
using Research.TextVae.Text;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Objectives;

public sealed class ImportanceWeightingTests
{
    private static readonly ImportanceWeighting _single = new() { DoublyReparameterized = false };
    private static readonly ImportanceWeighting _double = new() { DoublyReparameterized = true };

    /// <summary>The weights are taken in a pass of their own; word dropout and dropout must be the same in both.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(0.4)]
    public void Gradients_agree_with_finite_differences_on_texts(double klWeight)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var config = new LstmVaeConfig { EmbeddingSize = 4, HiddenSize = 5, LatentSize = 2, Dropout = 0.3, WordDropout = 0.3 };
        using var model = config.Build(8);
        model.to(ScalarType.Float64);
        var batch = Sentences.Batch([4, 5, 6], [5], [6, 4]);
        ModelChecks.GradientsAgreeWithFiniteDifferences(model, () =>
        {
            manual_seed(2);
            return _single.Loss(model, batch, klWeight).Total;
        });
    }

    [Fact]
    public void Gradients_agree_with_finite_differences_on_bags_of_words()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var model = new BagOfWordsVaeConfig { HiddenSize = 5, LatentSize = 3, DecoderHiddenSize = 4 }.Build(8);
        model.to(ScalarType.Float64);
        var batch = BagOfWords.From([[4, 5, 4], [6], [6, 5], [3, 7]], CPU);
        ModelChecks.GradientsAgreeWithFiniteDifferences(model, () =>
        {
            manual_seed(2);
            return _single.Loss(model, batch).Total;
        });
    }

    /// <summary>The mean of either form's gradient over very many draws is that of the other, also with a KL weight.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(0.3)]
    public void Both_forms_have_the_same_expected_gradient(double klWeight)
    {
        using var scope = NewDisposeScope();
        using var source = LinearGaussian.Create(latentSize: 2, inputs: 3, deviation: 0.7, seed: 1, width: 0.6);

        var single = Gradients(source, batch => (_single with { Samples = 4 }).Loss(source.Model, batch, klWeight).Total);
        var twice = Gradients(source, batch => (_double with { Samples = 4 }).Loss(source.Model, batch, klWeight).Total);

        AssertSameMean(single, twice);
    }

    /// <summary>Of one sample the bound is the ELBO: both forms have its expected gradient, and the value is its estimate.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_sample_is_the_elbo(bool doubly)
    {
        using var scope = NewDisposeScope();
        using var source = LinearGaussian.Create(latentSize: 2, inputs: 3, deviation: 0.7, seed: 1, width: 0.6);
        var weighting = (doubly ? _double : _single) with { Samples = 1 };

        var weighted = Gradients(source, batch => weighting.Loss(source.Model, batch).Total);
        var elbo = Gradients(source, batch => new ElboObjective().Loss(source.Model, batch, 0).Total);

        AssertSameMean(weighted, elbo);
        var examples = source.Sample(4, seed: 2).Examples;
        using var _ = no_grad();
        var (batch, noise) = (examples.ToBatch(), StandardNormal.Sample(4, 2, 3));
        var terms = source.Model.Elbo(batch, noise);
        var density = (terms.Posterior.LogDensity(terms.Z) - DiagonalGaussian.PriorLogDensity(terms.Z)).mean();
        Assert.Equal((terms.Reconstruction.Total / 4 + density).item<float>(),
            weighting.Loss(source.Model, batch, noise: noise.unsqueeze(0)).Total.item<float>(), 1e-4f);
    }

    /// <summary>More samples make the encoder's gradient noisier in relation to its size, but not in the doubly reparameterised form
    /// (Rainforth et al. 2018; Tucker et al. 2018, figure 1).</summary>
    [Fact]
    public void The_doubly_reparameterised_gradient_is_less_noisy()
    {
        using var scope = NewDisposeScope();
        using var source = LinearGaussian.Create(latentSize: 2, inputs: 3, deviation: 0.7, seed: 1, width: 0.8);
        double Noise(ImportanceWeighting form) =>
            Gradients(source, batch => (form with { Samples = 32 }).Loss(source.Model, batch).Total)
                .Where(entry => entry.Key.StartsWith("encoder", StringComparison.Ordinal))
                .Sum(entry => entry.Value.var(0).sum().item<float>());

        Assert.True(Noise(_double) < 0.5 * Noise(_single));
    }

    /// <summary>The loss is what the evaluation calls the importance-weighted bound, and training lowers it.</summary>
    [Fact]
    public void Training_lowers_the_bound()
    {
        using var scope = NewDisposeScope();
        using var source = LinearGaussian.Create(latentSize: 2, inputs: 4, deviation: 0.5, seed: 1);
        var (train, validation) = (source.Sample(400, seed: 2).Examples, source.Sample(200, seed: 4).Examples);
        manual_seed(5);
        using var model = new GaussianVaeConfig { HiddenSizes = [], LatentSize = 2, Deviation = 0.5 }.Build(4);
        var objective = new ElboObjective { ImportanceWeighting = new ImportanceWeighting { Samples = 8 } };
        var sampling = new ImportanceSampling { Samples = 8, Doublings = 0, Proposal = ImportanceProposal.Posterior };
        double Bound() => ImportanceWeightedNll.Estimate(model, validation, sampling, seed: 1).Mean;
        var before = Bound();

        var history = Trainer.Fit(
            new VaeTask<VectorBatch>(model, train, validation, objective),
            new TrainingOptions { Epochs = 12, BatchSize = 20, LearningRate = 0.02 }, seed: 1);

        Assert.Equal(Bound(), history.Epochs.Min(epoch => epoch.Objective), 1e-6);
        Assert.True(Bound() < before - 1);
        Assert.InRange(Bound(), source.Nll(validation).Average() - 0.1, source.Nll(validation).Average() + 0.3);
    }

    [Fact]
    public void It_is_recorded_with_the_objective_and_refuses_terms_of_the_elbo()
    {
        var objective = new ElboObjective { ImportanceWeighting = new ImportanceWeighting { Samples = 7 } };
        Assert.Equal(objective, JsonSerializer.Deserialize<ElboObjective>(JsonSerializer.Serialize(objective)));
        Assert.DoesNotContain("ImportanceWeighting", JsonSerializer.Serialize(new ElboObjective()), StringComparison.Ordinal);

        using var scope = NewDisposeScope();
        using var source = LinearGaussian.Create(latentSize: 2, inputs: 3, deviation: 0.5, seed: 1);
        var batch = source.Sample(2, seed: 1).Examples.ToBatch();
        Assert.Throws<UserException>(() => (objective with { FreeBits = new FreeBits() }).Loss(source.Model, batch, 0));
        Assert.Throws<UserException>(() => (objective with { Mmd = new MaximumMeanDiscrepancy() }).Loss(source.Model, batch, 0));
    }

    // Gradients of a loss over one vector, 60 means of 500 draws each; by weight, [60, …].
    private static Dictionary<string, Tensor> Gradients(LinearGaussian source, Func<VectorBatch, Tensor> loss)
    {
        var batch = source.Sample(1, seed: 7).Examples.ToBatch().Tile(500);
        var all = source.Model.named_parameters().ToDictionary(entry => entry.name, _ => new List<Tensor>());
        manual_seed(3);
        for (var repeat = 0; repeat < 60; repeat++)
        {
            source.Model.zero_grad();
            loss(batch).backward();
            foreach (var (name, weight) in source.Model.named_parameters())
                all[name].Add(weight.grad!.detach().clone());
        }

        return all.ToDictionary(entry => entry.Key, entry => stack(entry.Value, 0));
    }

    private static void AssertSameMean(Dictionary<string, Tensor> left, Dictionary<string, Tensor> right)
    {
        foreach (var (name, gradients) in left)
        {
            var error = ((gradients.var(0) + right[name].var(0)) / gradients.shape[0]).sqrt();
            var difference = (gradients.mean([0L]) - right[name].mean([0L])).abs();
            var least = gradients.mean([0L]).abs().max().item<float>();
            Assert.True(difference.le(error * 5 + 1e-5).all().item<bool>(), $"{name}: {difference.max().item<float>()} is beyond chance");
            Assert.True(error.max().item<float>() < 0.1 * Math.Max(least, 0.1), $"{name}: too noisy to test anything");
        }
    }
}
