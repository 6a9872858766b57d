using Research.TextVae.Experiments;

namespace Research.TextVae.Tests.Experiments;

public sealed class RecordedQualityTests
{
    [Fact]
    public void The_curve_of_a_row_is_the_one_recorded()
    {
        var result = new MemberResult { Member = "a", Seed = 1, Series = { ["temperatures"] = new Series([2, 4], [8, 6], ["0.5", "1"]) } };
        var row = new StudyRow("a", [result]);

        Assert.Equal(7, row.TemperatureCurve().CoveredAsReal(3));
        Assert.Equal(["0.5", "1"], row.TemperatureLine("a", labelled: true).Labels);
        Assert.Null(row.TemperatureLine("a", labelled: false).Labels);
        Assert.Equal(5, RecordedQuality.Metrics.Select(metric => metric.Name).Distinct().Count());
    }
}
