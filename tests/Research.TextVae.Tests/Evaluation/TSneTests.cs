using Research.TextVae.Evaluation;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Evaluation;

public sealed class TSneTests
{
    /// <summary>The rows sum to 1, leave the example itself out, and have the perplexity asked for, whatever the scale.</summary>
    [Theory]
    [InlineData(1e-3)]
    [InlineData(1)]
    [InlineData(1e3)]
    public void Each_example_has_as_many_neighbours_as_the_perplexity_says(double scale)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var x = randn([80, 5], generator: generator) * scale;
        x.narrow(0, 0, 20).mul_(0.1);

        var p = TSne.Conditional(x, 12);

        Assert.Equal(0, p.diagonal().sum().item<float>());
        Assert.All(p.sum([1L]).data<float>().ToArray(), sum => Assert.Equal(1, sum, 1e-5));
        var entropies = -(p * p.clamp_min(1e-30).log()).sum([1L]);
        Assert.All(entropies.exp().data<float>().ToArray(), perplexity => Assert.Equal(12, perplexity, 1e-3));
        var joint = TSne.Affinities(x, 12);
        Assert.Equal(1, joint.sum().item<float>(), 1e-5);
        Assert.True(joint.allclose(joint.t()));
    }

    [Fact]
    public void The_gradient_agrees_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var p = TSne.Affinities(randn([9, 4], generator: generator), 2).to_type(ScalarType.Float64);
        var y = randn([9, 2], generator: generator, dtype: ScalarType.Float64);

        var gradient = TSne.Compare(p, y).Gradient;

        const double step = 1e-5;
        for (var i = 0; i < 9; i++)
        {
            for (var axis = 0; axis < 2; axis++)
            {
                double At(double moved)
                {
                    var other = y.clone();
                    other[i, axis] += moved;
                    return TSne.Compare(p, other).Divergence.item<double>();
                }

                Assert.Equal((At(step) - At(-step)) / (2 * step), gradient[i, axis].item<double>(), 1e-7);
            }
        }
    }

    /// <summary>Five clusters that lie around one another in ten dimensions fall apart in the plane, the same each time.</summary>
    [Fact]
    public void Clusters_stay_together_and_apart_from_others()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var labels = Enumerable.Range(0, 150).Select(i => i % 5).ToArray();
        var centers = randn([5, 10], generator: generator) * 2;
        var x = centers.index_select(0, tensor(labels.Select(label => (long)label).ToArray()))
            + randn([150, 10], generator: generator) * 0.7;
        using var map = new TSne(x, perplexity: 15, iterations: 400);
        var before = map.Divergence;
        while (map.Step())
        {
        }

        var places = map.Points;
        Assert.Equal((400, false), (map.Iteration, map.Step()));
        Assert.InRange(map.Divergence, 0, before / 4);
        Assert.Equal(1, NeighbourLabels.Accuracy(places, labels, places, labels, neighbours: 11));
        Assert.Equal(places.data<float>().ToArray(), TSne.Embed(x, perplexity: 15, iterations: 400).data<float>().ToArray());
    }

    [Fact]
    public void Too_few_examples_are_refused_and_few_or_equal_ones_are_not()
    {
        using var scope = NewDisposeScope();
        Assert.Equal("The number of examples of t-SNE is 3; it must be at least 4.",
            Assert.Throws<UserException>(() => new TSne(zeros(3, 2))).Message);
        foreach (var examples in new[] { rand(4, 1), zeros(6, 3), ones(5, 2) })
            Assert.True(TSne.Embed(examples, iterations: 20).isfinite().all().item<bool>());
    }
}
