using System.Text.Json.Nodes;
using Plotly.NET;
using Research.TextVae.Charts;
using Research.TextVae.Interactive;
using Figure = Research.TextVae.Charts.Figure;
using Line = Research.TextVae.Charts.Line;

namespace Research.TextVae.Tests.Charts;

/// <summary>Figures as charts of Plotly.NET.</summary>
public sealed class PlotlyNetTests
{
    public static TheoryData<string, Figure> Figures => new()
    {
        { "line", Figure.Of(Line.Of([1, 2, 3], [4.0, 2, 1], "loss")).Title("Training").X("epoch").Y("nats").LogY() },
        { "bars", Figure.Of(Bar.Of(["a", "β = 0.1"], [1.5, 2], "KL")).HLine(1, "limit") },
        { "panels", Figure.Grid(2, Figure.Of(Line.Of([1, 2], [1.0, 2], "x")), Figure.Of(Line.Of([1, 2], [2.0, 1], "y"))).Title("both") },
    };

    [Theory]
    [MemberData(nameof(Figures))]
    public void A_chart_has_the_figures_data_and_layout(string name, Figure figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        var own = JsonNode.Parse(figure.ToJson())!;
        var chart = JsonNode.Parse(GenericChart.toFigureJson(figure.ToChart()))!;

        Assert.True(own["data"]!.AsArray().Count > 0, name);
        Assert.True(JsonNode.DeepEquals(own["data"], chart["data"]), $"{chart["data"]}");
        Assert.True(JsonNode.DeepEquals(own["layout"], chart["layout"]), $"{chart["layout"]}");
    }

    [Fact]
    public void What_Plotly_NET_adds_stays_with_the_figures_own()
    {
        var chart = Figure.Of(Line.Of([1, 2], [4.0, 2], "ours")).ToChart();
        var combined = Plotly.NET.Chart.combine([chart, Figure.Of(Line.Of([1, 2], [3.0, 3], "theirs")).ToChart()]);

        Assert.Equal(2, JsonNode.Parse(GenericChart.toFigureJson(combined))!["data"]!.AsArray().Count);
    }
}
