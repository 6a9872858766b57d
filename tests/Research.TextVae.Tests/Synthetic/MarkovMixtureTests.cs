using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Synthetic;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Synthetic;

public sealed class MarkovMixtureTests
{
    /// <summary>Over all sentences of up to twelve words the probabilities sum to 1 less the share of longer ones, (1 − end)ⁿ⁻¹…
    /// exactly.</summary>
    [Fact]
    public void Probabilities_sum_to_one()
    {
        var mixture = new MarkovMixture(seed: 1, classes: 3, words: 2, meanLength: 2);

        var sum = 0.0;
        for (var length = 1; length <= 12; length++)
        {
            for (var code = 0; code < 1 << length; code++)
                sum += Math.Exp(-mixture.Nll([.. Enumerable.Range(0, length).Select(t => 4 + (code >> t & 1))]));
        }

        Assert.Equal(1 - Math.Pow(0.5, 12), sum, 9);
    }

    /// <summary>The class posterior is Bayes' rule: over many draws it is calibrated, and its information is that of the labels.</summary>
    [Fact]
    public void Class_posteriors_are_calibrated()
    {
        var mixture = new MarkovMixture(seed: 2, classes: 4, words: 5, meanLength: 3, concentration: 1);
        var sample = mixture.Sample(6000, seed: 3);

        var right = Enumerable.Range(0, sample.Count)
            .Average(i => mixture.ClassPosterior(sample[i])[int.Parse(sample.Source(i).Label[6..])]);
        var expected = sample.Average(sentence => mixture.ClassPosterior(sentence).Sum(p => p * p));
        var pointwise = Enumerable.Range(0, sample.Count)
            .Average(i => Math.Log(4 * mixture.ClassPosterior(sample[i])[int.Parse(sample.Source(i).Label[6..])]));

        Assert.Equal(expected, right, 0.015); // E[p(c|x)] of the true class = E[Σ p²]
        Assert.Equal(pointwise, mixture.ClassInformation(sample), 0.03);
        Assert.All(sample.Take(50), sentence => Assert.Equal(1, mixture.ClassPosterior(sentence).Sum(), 12));
    }

    /// <summary>
    /// Sixty-four classes told apart perfectly are ln 64 nats. The estimate over the whole set finds them; that within batches of 32
    /// cannot pass ln 32.
    /// </summary>
    [Fact]
    public void Batch_estimates_of_mutual_information_stop_at_the_batch_size()
    {
        const int classes = 64, perClass = 40;
        var labels = torch.tensor(Enumerable.Range(0, classes * perClass).Select(i => (long)(i * 37 % classes)).ToArray());
        var means = (StandardNormal.Sample(classes, 6, 1) * 1.5).to_type(ScalarType.Float64).index_select(0, labels);
        var posterior = new DiagonalGaussian(means, full_like(means, 2 * Math.Log(0.02)));
        var z = posterior.Sample(StandardNormal.Sample(classes * perClass, 6, 2).to_type(ScalarType.Float64));

        var (whole, batched) = (MutualInformation.FullSet(posterior, z), MutualInformation.WithinBatches(posterior, z, 32));

        Assert.Equal(Math.Log(classes), whole, 0.001);
        Assert.InRange(batched, 3, Math.Log(32));
    }
}
