using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Tests.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Evaluation;

public sealed class ImportanceWeightedNllTests
{
    /// <summary>
    /// With a code of one dimension −log ∫ p(z) p(x|z) dz can be computed on a grid. The estimate starts at the negative
    /// ELBO with one sample, falls as samples are added, and reaches the truth.
    /// </summary>
    [Fact]
    public void Falls_from_the_negative_elbo_to_the_true_likelihood()
    {
        manual_seed(11);
        using var model = new LstmVaeConfig { EmbeddingSize = 6, HiddenSize = 8, LatentSize = 1, Dropout = 0 }.Build(9);
        using var _ = no_grad();
        model.eval();
        // A decoder to which the code matters; the posterior stays wide enough to be a usable proposal.
        foreach (var (name, weight) in model.named_parameters())
        {
            if (!name.StartsWith("posterior", StringComparison.Ordinal))
                weight.mul_(4);
        }

        var batch = Sentences.Batch([4, 5, 6, 7], [8, 4], [7, 7, 7, 5, 6]);

        var truth = ByQuadrature(model, batch);
        using var generator = new Generator(5);
        double[] Average(int samples, int repeats) =>
        [
            .. Enumerable.Range(0, repeats)
                .Select(_ => ImportanceWeightedNll.Estimate(model, batch, samples, generator).data<double>().ToArray())
                .Aggregate(new double[3], (sum, values) => [.. sum.Zip(values, (a, b) => a + (b / repeats))]),
        ];
        var one = Average(1, 500);
        var ten = Average(10, 100);
        var many = Average(2000, 4);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(truth[i], many[i], tolerance: 0.02);
            Assert.True(one[i] > ten[i] - 0.02 && ten[i] > many[i] - 0.02, $"{one[i]}, {ten[i]}, {many[i]}, truth {truth[i]}");
        }

        Assert.True(one.Sum() > truth.Sum() + 0.05, "the gap of the ELBO is too small for this test to tell anything");
    }

    private static double[] ByQuadrature(LstmVae model, TextBatch batch)
    {
        const int points = 1001;
        const double range = 8;
        var z = linspace(-range, range, points).unsqueeze(1);
        return
        [
            .. Enumerable.Range(0, (int)batch.Size).Select(row =>
            {
                var sentence = new TextBatch(
                    batch.Inputs[row].unsqueeze(0), batch.Targets[row].unsqueeze(0), batch.Lengths[row].unsqueeze(0),
                    batch.Mask[row].unsqueeze(0), 0);
                var logJoint = DiagonalGaussian.PriorLogDensity(z) - model.NegativeLogLikelihood(sentence.Tile(points), z).PerSentence();
                return -(logJoint.to_type(ScalarType.Float64).logsumexp(0).item<double>() + Math.Log(2 * range / (points - 1)));
            }),
        ];
    }
}
