using Research.TextVae.Experiments;
using Spectre.Console;

namespace Research.TextVae.Tests.Experiments;

public sealed class StudyResultsTests
{
    private static readonly Metric Loss = new("loss");
    private static readonly Metric Truth = new("truth");
    private static readonly StudyResults Results = new([Row("a", 3, 2.9), Row("b", 2, 1)]);

    [Fact]
    public void A_metric_falls_from_variant_to_variant()
    {
        Assert.True(Results.Falls(Loss, "a", "b").Held);
        Assert.Equal("2 → 3", Results.Falls(Loss, "b", "a").Detail);
        Assert.False(Results.Falls(Loss, "b", "a").Held);
    }

    [Fact]
    public void A_curve_falls_up_to_a_tolerance()
    {
        var curve = new Series([1, 2, 3], [5, 5.1, 4]);
        Assert.False(StudyResults.Falls(curve).Held);
        Assert.True(StudyResults.Falls(curve, tolerance: 0.2).Held);
    }

    [Fact]
    public void An_estimate_is_near_the_truth()
    {
        Assert.True(Results.Near(Loss, Truth, "a", tolerance: 0.2).Held);
        Assert.False(Results.Near(Loss, Truth, "b", tolerance: 0.2).Held);
    }

    /// <summary>Only of what has been recorded: in brackets on the console, in columns of their own on a page.</summary>
    [Fact]
    public void Errors_and_effective_samples_stand_beside_their_metric()
    {
        var row = Row("a", 3, 2.9);
        row.First.Values[Loss.StandardError.Name] = 0.125;
        row.First.Values[Loss.EffectiveSamples.Name] = 40;
        using var writer = new StringWriter();
        var table = new StudyTable([Loss, Truth], new StudyResults([row, Row("b", 2, 1)]));

        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) }).Write(table.ToSpectre());

        Assert.Contains("3.00 (0.13, ESS 40)", writer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("2.90 (", writer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("2.00 (", writer.ToString(), StringComparison.Ordinal);
    }

    private static StudyRow Row(string name, double loss, double truth) =>
        new(name, [new MemberResult { Member = name, Seed = 1, Values = { [Loss.Name] = loss, [Truth.Name] = truth } }]);

    /// <summary>Bounds that differ in the third digit are told apart, small numbers included.</summary>
    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.01653, "0.0165")]
    [InlineData(0.9999, "1")]
    [InlineData(-0.4567, "-0.457")]
    [InlineData(0.00052, "5.2e-4")]
    [InlineData(1630.456, "1,630.46")]
    [InlineData(double.NaN, "NaN")]
    public void Numbers_have_three_digits_or_two_decimals(double value, string text) => Assert.Equal(text, StudyResults.Text(value));
}
