using Research.TextVae.Cli.Nightly;
using Research.TextVae.Cli.Runs;

namespace Research.TextVae.Cli.Tests.Nightly;

public sealed class FigureCheckTests
{
    // Deviations 0.1, 0.3 and 0.2: the median is 0.2.
    private static readonly ReferenceRow[] _reference =
    [
        Row("a", 3, 30, 0.1), Row("b", 3, 30, 0.3), Row("c", 3, 30, 0.2), Row("one seed", 1, 30, null), Row("large", 3, 3000, 0.2),
    ];

    [Theory]
    [InlineData("a", 3, 30.81, "within")] // 5 · 0.2 · √(1/3 + 1/3) = 0.816
    [InlineData("a", 3, 29.18, "outside")]
    [InlineData("a", 1, 31.15, "within")] // 5 · 0.2 · √(1/1 + 1/3) = 1.155
    [InlineData("a", 1, 31.16, "outside")]
    [InlineData("b", 3, 31.22, "within")] // its own deviation is larger: 1.225
    [InlineData("b", 3, 31.23, "outside")]
    [InlineData("large", 3, 3029.9, "within")] // 1 % of the mean
    [InlineData("large", 3, 3030.1, "outside")]
    [InlineData("one seed", 1, 99.0, "no deviation known")]
    [InlineData("one seed", 1, null, "not measured")]
    [InlineData("a", 3, null, "not measured")]
    public void AToleranceFollowsFromTheDeviationOverSeeds(string row, int seeds, double? value, string verdict)
    {
        var figures = value is { } measured ? new Dictionary<string, double> { ["KL"] = measured } : [];
        var item = new NightItem("n", "c", "standard", "r", 0, 1, [], new Dictionary<string, string>(), [new RunRow(row, seeds, figures)]);

        var check = FigureCheck.Of(item, _reference).Single(figure => figure.Row == row);

        Assert.Equal((verdict, verdict is "outside" or "not measured"), (check.Verdict, check.IsOutside));
    }

    [Theory]
    [InlineData("s")]
    [InlineData("seconds")]
    [InlineData("tok/s, 1 text")]
    [InlineData("× float32")]
    [InlineData("thousand characters per second")]
    public void SpeedIsNoFigureToCompare(string metric) => Assert.True(RunRow.IsSpeed(metric));

    [Theory]
    [InlineData("KL")]
    [InlineData("MI s.e.")]
    [InlineData("bits per character")]
    public void OthersAre(string metric) => Assert.False(RunRow.IsSpeed(metric));

    private static ReferenceRow Row(string name, int seeds, double mean, double? deviation) => new("r", name, seeds,
        new Dictionary<string, double> { ["KL"] = mean },
        deviation is { } known ? new Dictionary<string, double> { ["KL"] = known } : null);
}
