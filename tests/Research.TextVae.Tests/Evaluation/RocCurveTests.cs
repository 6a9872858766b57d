using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Support;

namespace Research.TextVae.Tests.Evaluation;

public sealed class RocCurveTests
{
    [Theory]
    [InlineData(new double[] { 1, 2 }, new double[] { 3, 4 }, 1)]
    [InlineData(new double[] { 3, 4 }, new double[] { 1, 2 }, 0)]
    [InlineData(new double[] { 1, 1, 1 }, new double[] { 1, 1 }, 0.5)]
    [InlineData(new double[] { 1, 3 }, new double[] { 2 }, 0.5)]
    [InlineData(new double[] { 1, 2, 2, 5 }, new double[] { 2, 3 }, 0.625)] // (1 + ½ + ½ + 0 + 1 + 1 + 1 + 0) / 8
    public void Area_is_the_probability_of_a_higher_score_with_ties_counted_half(double[] ordinary, double[] anomalous, double area)
    {
        var curve = RocCurve.FromScores(ordinary, anomalous);

        Assert.Equal(area, curve.Area, 12);
        Assert.Equal(
            (0, 0, 1, 1), (curve.FalseAlarms[0], curve.Found[0], Math.Round(curve.FalseAlarms[^1], 12), Math.Round(curve.Found[^1], 12)));
    }

    /// <summary>Over all pairs one by one, with many ties.</summary>
    [Fact]
    public void Area_equals_the_count_over_all_pairs()
    {
        var random = new StableRandom(1);
        var (ordinary, anomalous) = (Draw(137, 8), Draw(71, 11));
        var pairs = ordinary.SelectMany(a => anomalous, (a, b) => b > a ? 1 : b == a ? 0.5 : 0).Average();

        Assert.Equal(pairs, RocCurve.FromScores(ordinary, anomalous).Area, 12);
        double[] Draw(int count, int bound) => [.. Enumerable.Range(0, count).Select(_ => (double)random.Next(bound))];
    }

    /// <summary>N(0, 1) against N(d, 1): the area is Φ(d / √2).</summary>
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.760250)]
    [InlineData(2, 0.921350)]
    public void Agrees_with_the_closed_form_of_two_Gaussians(double distance, double area)
    {
        const int count = 20_000;
        var noise = StandardNormal.Sample(count, 2, 3).data<float>().ToArray();

        var curve = RocCurve.FromScores([.. noise.Take(count).Select(x => (double)x)], [.. noise.Skip(count).Select(x => x + distance)]);

        Assert.Equal(area, curve.Area, 0.01);
    }

    /// <summary>By hand. Placements of the ordinary 1, ¾, ¾, 0, of the anomalies ½ and ¾: variances 3/16 and 1/32.</summary>
    [Fact]
    public void The_error_is_that_of_DeLong()
    {
        var curve = RocCurve.FromScores([1, 2, 2, 5], [2, 3]);

        Assert.Equal([1, 0.75, 0.75, 0], curve.OrdinaryPlacements);
        Assert.Equal([0.5, 0.75], curve.AnomalousPlacements);
        Assert.Equal(Math.Sqrt(3.0 / 16 / 4 + 1.0 / 32 / 2), curve.AreaError, 12);
        Assert.Equal(0, curve.DifferenceError(curve));
        Assert.True(double.IsNaN(new RocCurve([0, 1], [0, 1]).AreaError));
        Assert.Throws<ArgumentException>(() => curve.DifferenceError(RocCurve.FromScores([1], [2])));
    }

    /// <summary>Over many samples of two scores of which the second is the first and noise, the errors are the standard deviations of the
    /// areas and of their difference.</summary>
    [Fact]
    public void The_error_is_the_deviation_over_samples()
    {
        const int samples = 600, ordinary = 60, anomalous = 40;
        List<double> areas = [], differences = [], errors = [], differenceErrors = [];
        for (var sample = 0; sample < samples; sample++)
        {
            var noise = StandardNormal.Sample(2, ordinary + anomalous, (ulong)sample).data<float>().ToArray();
            double[] first = [.. noise.Take(100).Select((x, i) => i < ordinary ? x : x + 1.0)];
            double[] second = [.. first.Zip(noise.Skip(100), (x, y) => x + y)];
            RocCurve[] curves = [.. new[] { first, second }.Select(score => RocCurve.FromScores(score[..ordinary], score[ordinary..]))];
            areas.Add(curves[0].Area);
            differences.Add(curves[0].Area - curves[1].Area);
            errors.Add(curves[0].AreaError);
            differenceErrors.Add(curves[0].DifferenceError(curves[1]));
        }

        Assert.Equal(1, errors.Average() / Statistics.StandardDeviation(areas), 0.08);
        Assert.Equal(1, differenceErrors.Average() / Statistics.StandardDeviation(differences), 0.08);
    }

    [Fact]
    public void Refuses_what_has_no_curve()
    {
        Assert.Throws<UserException>(() => RocCurve.FromScores([], [1]));
        Assert.Throws<UserException>(() => RocCurve.FromScores([1], [double.NaN]));
    }
}
