using System.Text.Json;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Support;
using Research.TextVae.Synthetic;
using Research.TextVae.Tests.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Objectives;

public sealed class TotalCorrelationTests
{
    /// <summary>The sums over the batch, one posterior after the other. The weights are those by which the mean over all batches that hold
    /// an example is q(z): it is there for certain, each other one with a probability of 3 in N − 1.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(50)]
    public void Parts_are_those_of_the_definition_and_add_up(long examples)
    {
        using var scope = NewDisposeScope();
        var (posterior, z) = Batch(size: 4, latent: 3);
        double Density(int draw, int example, int dimension)
        {
            var deviation = Math.Exp(posterior.LogVariance[example, dimension].item<double>() / 2);
            var distance = (z[draw, dimension].item<double>() - posterior.Mean[example, dimension].item<double>()) / deviation;
            return Math.Exp(-distance * distance / 2) / deviation / Math.Sqrt(2 * Math.PI);
        }

        double Weight(int draw, int example) => example == draw ? 1.0 / examples : (examples - 1.0) / examples / 3;
        double Aggregate(int draw, params int[] dimensions) => Enumerable.Range(0, 4).Sum(example =>
            Weight(draw, example) * dimensions.Aggregate(1.0, (product, d) => product * Density(draw, example, d)));
        double Mean(Func<int, double> of) => Enumerable.Range(0, 4).Average(of);
        double Product(int draw) => Enumerable.Range(0, 3).Sum(d => Math.Log(Aggregate(draw, d)));

        var parts = TotalCorrelation.Estimate(posterior, z, examples);

        Assert.Equal(Mean(draw => Math.Log(Aggregate(draw, 0, 1, 2)) - Product(draw)), parts.TotalCorrelation.item<double>(), 1e-10);
        Assert.Equal(
            Mean(draw => posterior.LogDensity(z)[draw].item<double>() - Math.Log(Aggregate(draw, 0, 1, 2))),
            parts.IndexCode.item<double>(), 1e-10);
        Assert.Equal(
            (posterior.LogDensity(z) - DiagonalGaussian.PriorLogDensity(z)).mean().item<double>(),
            (parts.IndexCode + parts.TotalCorrelation + parts.DimensionWise).item<double>(), 1e-10);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(0.5)]
    public void Gradients_agree_with_finite_differences(double weight)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var model = new LstmVaeConfig { EmbeddingSize = 4, HiddenSize = 5, LatentSize = 3 }.Build(8);
        model.to(ScalarType.Float64);
        var objective = new ElboObjective
        {
            KlWeight = KlSchedule.Constant(0.7),
            TotalCorrelation = new TotalCorrelation { Weight = weight },
        };
        var batch = Sentences.Batch([4, 5, 6], [5], [6, 4], [7, 7]);
        ModelChecks.GradientsAgreeWithFiniteDifferences(model, () =>
        {
            manual_seed(2);
            return objective.Loss(model, batch, progress: 0, examples: 30).Total;
        });
    }

    /// <summary>Of the KL term's weight it gets its own share, and with a weight of 1 nothing is added.</summary>
    [Fact]
    public void The_loss_is_the_elbo_and_what_the_weight_adds()
    {
        using var scope = NewDisposeScope();
        using var source = LinearGaussian.Create(latentSize: 3, inputs: 4, deviation: 0.5, seed: 1);
        var terms = source.Model.Elbo(source.Sample(6, seed: 2).Examples.ToBatch(), StandardNormal.Sample(6, 3, 3));
        double Loss(TotalCorrelation? term) =>
            new ElboObjective { KlWeight = KlSchedule.Constant(0.5), TotalCorrelation = term }.Loss(terms, 0, examples: 40)
                .Total.item<float>();

        var correlation = TotalCorrelation.Estimate(terms.Posterior, terms.Z, 40).TotalCorrelation.item<float>();
        Assert.True(Math.Abs(correlation) > 0.05);
        Assert.Equal(Loss(null), Loss(new TotalCorrelation { Weight = 1 }), 1e-5);
        Assert.Equal(Loss(null) + 0.5 * 5 * correlation, Loss(new TotalCorrelation { Weight = 6 }), 1e-4);
    }

    [Fact]
    public void It_is_recorded_with_the_objective_and_refused_where_it_does_not_belong()
    {
        var objective = new ElboObjective { TotalCorrelation = new TotalCorrelation { Weight = 3 } };
        Assert.Equal(objective, JsonSerializer.Deserialize<ElboObjective>(JsonSerializer.Serialize(objective)));
        Assert.DoesNotContain("TotalCorrelation", JsonSerializer.Serialize(new ElboObjective()), StringComparison.Ordinal);

        using var scope = NewDisposeScope();
        using var source = LinearGaussian.Create(latentSize: 2, inputs: 3, deviation: 0.5, seed: 1);
        var batch = source.Sample(2, seed: 1).Examples.ToBatch();
        Assert.Throws<UserException>(() =>
            (objective with { ImportanceWeighting = new ImportanceWeighting() }).Loss(source.Model, batch, 0));
        var (posterior, z) = Batch(size: 3, latent: 2);
        Assert.Throws<ArgumentException>(() => TotalCorrelation.Estimate(posterior, z, examples: 2));
    }

    private static (DiagonalGaussian Posterior, Tensor Z) Batch(int size, int latent)
    {
        Tensor Normal(ulong seed) => StandardNormal.Sample(size, latent, seed).to_type(ScalarType.Float64);
        var posterior = new DiagonalGaussian(Normal(1), Normal(2) * 0.5 - 1);
        return (posterior, posterior.Sample(Normal(3)));
    }
}
