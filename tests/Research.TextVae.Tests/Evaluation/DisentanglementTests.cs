using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Evaluation;

public sealed class DisentanglementTests
{
    private const int Count = 3000;

    /// <summary>By hand, of importances [attributes][dimensions].</summary>
    [Fact]
    public void DCI_is_that_of_its_definition()
    {
        Assert.Equal((1.0, 1.0), Dci.OfImportance([[2, 0], [0, 3]]));
        Assert.Equal((0.0, 0.0), Dci.OfImportance([[1, 1], [1, 1]]));
        // Both dimensions of the first attribute serve it alone, and it needs both: 1 − log 2 / log 3.
        Near((1, (1 - Math.Log(2) / Math.Log(3) + 1) / 2), Dci.OfImportance([[1, 1, 0], [0, 0, 1]]));
        // Half of the weight is on a dimension that serves both alike; the first attribute has 1 − H₂(⅔, ⅓).
        Near((0.5, (1 - (Math.Log(3) - 2.0 / 3 * Math.Log(2)) / Math.Log(2) + 1) / 2), Dci.OfImportance([[2, 1], [0, 1]]));
        // A dimension and an attribute without any weight do not count.
        Assert.Equal((1.0, 1.0), Dci.OfImportance([[2, 0, 0], [0, 3, 0], [0, 0, 0]]));

        static void Near((double D, double C) expected, (double D, double C) found)
        {
            Assert.Equal(expected.D, found.D, 1e-12);
            Assert.Equal(expected.C, found.C, 1e-12);
        }
    }

    [Fact]
    public void The_gap_is_that_of_its_definition() =>
        Assert.Equal(((0.6 - 0.2) / 0.8 + 0.3 / 0.5) / 2, Disentanglement.Gap([[0.2, 0.6, 0.1], [-0.1, 0.3, -0.2]], [0.8, 0.5]), 1e-12);

    /// <summary>A dimension for each attribute and one for none have everything; turned by 45°, each of the two dimensions has half of the
    /// information about either attribute, so MIG, D and C are 0 and a linear classifier loses nothing.</summary>
    [Fact]
    public void Constructed_codes_have_the_ends_of_every_scale()
    {
        using var scope = NewDisposeScope();
        var random = new StableRandom(1);
        int[] first = [.. Enumerable.Range(0, Count).Select(_ => random.Next(2))], second = [.. first.Select(_ => random.Next(2))];
        var noise = StandardNormal.Sample(Count, 3, 2);
        var clean = cat([Column(first), Column(second), noise.narrow(1, 2, 1)], 1) + noise * tensor(new[] { 0.05f, 0.05f, 1 });
        var turned = cat([Column(first) + Column(second), Column(first) - Column(second)], 1) + noise.narrow(1, 0, 2) * 0.05f;

        var whole = Disentanglement.Evaluate(clean, [first, second], seed: 1);
        var none = Disentanglement.Evaluate(turned, [first, second], seed: 1);

        Assert.InRange(whole.Mig, 0.95, 1.005); // a bin of twenty holds codes of both classes
        Assert.InRange(whole.Dci.Disentanglement, 0.97, 1);
        Assert.InRange(whole.Dci.Completeness, 0.97, 1);
        Assert.InRange(none.Mig, 0, 0.05);
        Assert.InRange(none.Dci.Disentanglement, 0, 0.01);
        Assert.InRange(none.Dci.Completeness, 0, 0.01);
        Assert.All([whole, none], codes => Assert.InRange(codes.Dci.Informativeness, 0.999, 1));
    }

    /// <summary>Rotation takes the meaning of axes away and none of the information. A constant attribute does not count.</summary>
    [Fact]
    public void Rotated_codes_have_less_of_all_but_information()
    {
        using var scope = NewDisposeScope();
        var random = new StableRandom(2);
        int[][] attributes = [.. Enumerable.Range(0, 3).Select(_ => Enumerable.Range(0, Count).Select(_ => random.Next(2)).ToArray())];
        var codes = cat([.. attributes.Select(Column)], 1) + StandardNormal.Sample(Count, 3, 3) * 0.1f;

        var straight = Disentanglement.Evaluate(codes, attributes, seed: 1);
        var turned = Disentanglement.EvaluateRotated(codes, [.. attributes, new int[Count]], rotations: 8, seed: 1);

        Assert.True(straight.Mig > 0.95 && turned.Mig < 0.6, $"{straight.Mig} {turned.Mig}");
        Assert.True(straight.Dci.Disentanglement > 0.95 && turned.Dci.Disentanglement < 0.6, $"{straight.Dci} {turned.Dci}");
        Assert.InRange(turned.Dci.Informativeness, 0.99, 1);
        Assert.Throws<UserException>(() => Disentanglement.Evaluate(codes, [new int[Count]], seed: 1));
    }

    /// <summary>The optimality conditions: the gradient is −λ sign(w) where a weight is not 0, and within ±λ where it is.</summary>
    [Fact]
    public void The_lasso_is_at_its_optimum()
    {
        const double penalty = 0.05;
        double[][] x = [.. StandardNormal.Sample(400, 7, 5).data<float>().Select(value => (double)value).Chunk(7)];
        int[] y = [.. x.Select(row => row[0] + row[1] + row[6] > 0 ? 1 : 0)]; // the last is noise that the classifier does not see
        x = [.. x.Select(row => row[..6])];

        var weights = LassoClassifier.Fit(x, y, [.. Enumerable.Range(0, 7).Select(_ => new double[2])], penalty, steps: 2000);

        var gradient = LassoClassifier.Gradient(x, y, weights);
        Assert.All(gradient[6], slope => Assert.Equal(0, slope, 1e-7));
        Assert.All(weights.Take(6).SelectMany(row => row).Zip(gradient.Take(6).SelectMany(row => row)), at => Assert.True(
            at.First == 0 ? Math.Abs(at.Second) < penalty + 1e-7 : Math.Abs(at.Second + penalty * Math.Sign(at.First)) < 1e-7, $"{at}"));
        Assert.All(weights[..2].SelectMany(row => row), weight => Assert.NotEqual(0, weight));
        Assert.All(weights[2..6].SelectMany(row => row), weight => Assert.Equal(0, weight));
        // One gradient of the loss against a difference.
        double Loss(double moved) => x.Zip(y, (row, label) =>
        {
            double[] scores = [.. Enumerable.Range(0, 2).Select(c => weights[6][c] + row.Select((value, d) =>
                value * (weights[d][c] + (d == 0 && c == 1 ? moved : 0))).Sum())];
            return Math.Log(scores.Sum(Math.Exp)) - scores[label];
        }).Average();
        Assert.Equal((Loss(1e-5) - Loss(-1e-5)) / 2e-5, gradient[0][1], 1e-8);
    }

    // 1 or −1 by class; [sentences, 1].
    private static Tensor Column(int[] classes) => tensor(Array.ConvertAll(classes, c => c * 2f - 1)).unsqueeze(1);
}
