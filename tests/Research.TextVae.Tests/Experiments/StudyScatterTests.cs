using Research.TextVae.Charts;
using Research.TextVae.Experiments;
using Research.TextVae.Reports;

namespace Research.TextVae.Tests.Experiments;

public sealed class StudyScatterTests
{
    [Fact]
    public void Shows_means_and_seeds_of_variants_that_have_both_metrics()
    {
        var (x, y) = (new Metric("x"), new Metric("y"));
        MemberResult Result(string name, ulong seed, double value) =>
            new() { Member = name, Seed = seed, Values = { [x.Name] = value, [y.Name] = -value } };
        var results = new StudyResults(
        [
            new StudyRow("a", [Result("a", 1, 1), Result("a", 2, 3)]),
            new StudyRow("b", [Result("b", 1, 5), Result("b", 2, 5)]),
            new StudyRow("c", [new MemberResult { Member = "c", Seed = 1, Values = { [y.Name] = 1 } }]),
        ]);
        var report = new StudyReport(new HtmlReport("title"), null!, results);

        var figure = report.Scatter(x, y, row => row.Name, seeds: true);

        Assert.Equal(["a", "a", "b", "b"], figure.Traces.Select(trace => trace.Name));
        Assert.Equal(["a"], Assert.IsType<Scatter>(figure.Traces[0]).Hover);
        Assert.Equal(2, report.Scatter(x, y, row => row.Name).Traces.Length);
        Assert.Equal(["b", "a"], results.Labelled(x, y, "b", "a").Labels);
        Assert.Equal("both", results.Joined(x, y, "both", "b", "a").Name);
    }
}
