using Research.TextVae.Charts;

namespace Research.TextVae.Tests.Charts;

public sealed class FrequencyComparisonTests
{
    [Fact]
    public void The_diagonal_spans_all_positive_frequencies()
    {
        var figure = FrequencyComparison.Of([0.5, 10], [0, 20], ["a", "b"]);

        Assert.Equal(2, figure.Traces.Length);
        Assert.Equal(["a", "b"], Assert.IsType<Scatter>(figure.Traces[1]).Labels);
        Assert.Contains("0.4,24", figure.ToJson().Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
