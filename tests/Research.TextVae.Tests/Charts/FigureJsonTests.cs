using System.Text.Json.Nodes;
using Research.TextVae.Charts;
using Research.TextVae.Support;

namespace Research.TextVae.Tests.Charts;

public sealed class FigureJsonTests
{
    [Fact]
    public void A_figure_has_data_layout_and_config()
    {
        var figure = Figure.Of(Line.Of([1, 2, 3], [0.5, double.NaN, double.PositiveInfinity], "β = 0.1")).Title("KL by step").X("step")
            .Y("KL (nats)").LogY().YRange(0.1, 100);

        var json = Parse(figure);

        var trace = json["data"]![0]!;
        Assert.Equal("scatter", (string?)trace["type"]);
        Assert.Equal("[1,2,3]", trace["x"]!.ToJsonString());
        Assert.Equal("[0.5,null,null]", trace["y"]!.ToJsonString());
        Assert.Equal("β = 0.1", (string?)trace["name"]);
        Assert.Equal("KL by step", (string?)json["layout"]!["title"]!["text"]);
        Assert.Equal("KL (nats)", (string?)json["layout"]!["yaxis"]!["title"]!["text"]);
        Assert.Equal("log", (string?)json["layout"]!["yaxis"]!["type"]);
        Assert.Equal("[-1,2]", json["layout"]!["yaxis"]!["range"]!.ToJsonString());
        Assert.False((bool)json["config"]!["displaylogo"]!);
    }

    [Fact]
    public void Numbers_of_every_type_keep_their_value()
    {
        Assert.Equal("[0.1,3]", Values.From(new[] { 0.1f, 3f }).ToJson().ToJsonString());
        Assert.Equal("[1,9007199254740991,-2]", Values.From([1L, 9007199254740991L, -2L]).ToJson().ToJsonString());
        Assert.Equal("[1,null]", Values.From(new int?[] { 1, null }).ToJson().ToJsonString());
        Assert.Equal("[1e-12]", Values.From([1e-12]).ToJson().ToJsonString().ToLowerInvariant());
        Assert.Throws<ArgumentException>(() => Values.From([DateTime.UnixEpoch]));
        Assert.Throws<ArgumentException>(() => Line.Of([1, 2], [1.0]));
    }

    [Fact]
    public void A_spread_adds_a_closed_band_in_the_lines_colour_with_the_gaps_left_out()
    {
        var json = Parse(Figure.Of(Line.Of([1, 2, 3], [10.0, double.NaN, 30.0], "mean").Spread([1, 1, 2])));

        var (band, line) = (json["data"]![0]!, json["data"]![1]!);
        Assert.Equal("toself", (string?)band["fill"]);
        Assert.Equal("[1,3,3,1]", band["x"]!.ToJsonString());
        Assert.Equal("[9,28,32,11]", band["y"]!.ToJsonString());
        Assert.Equal("#0072b2", (string?)line["line"]!["color"]);
        Assert.Equal("rgba(0,114,178,0.18)", (string?)band["fillcolor"]);
        Assert.False((bool)band["showlegend"]!);
    }

    [Fact]
    public void Panels_have_axes_of_their_own_and_share_the_colour_and_legend_entry_of_a_name()
    {
        Figure Panel(string title) => Figure.Of(Line.Of([1, 2], [1, 2], "a"), Line.Of([1, 2], [2, 1], "b")).Title(title).X("step");

        var json = Parse(Figure.Grid(2, Panel("one"), Panel("two"), Panel("three")).ShareY());

        var data = json["data"]!.AsArray();
        Assert.Equal(["x", "x", "x2", "x2", "x3", "x3"], data.Select(trace => (string?)trace!["xaxis"]));
        Assert.Equal([true, true, false, false, false, false], data.Select(trace => (bool)trace!["showlegend"]!));
        Assert.Equal(data[0]!["line"]!["color"]!.ToJsonString(), data[4]!["line"]!["color"]!.ToJsonString());
        Assert.Equal("y", (string?)json["layout"]!["yaxis3"]!["matches"]);
        Assert.False((bool)json["layout"]!["yaxis2"]!["showticklabels"]!);
        Assert.Equal(["one", "two", "three"], json["layout"]!["annotations"]!.AsArray().Select(title => (string?)title!["text"]));
        var (right, below) = (json["layout"]!["xaxis2"]!["domain"]!, json["layout"]!["yaxis3"]!["domain"]!);
        Assert.True((double)right[0]! > 0.5 && (double)right[1]! <= 1 && (double)below[0]! >= 0 && (double)below[1]! < 0.5);
    }

    [Fact]
    public void Frames_hold_what_changes_on_axes_that_hold_all()
    {
        Figure At(double scale) =>
            Figure.Of(Line.Of([0, 10], [0, 10 * scale], "loss"), Scatter.Of([5], [scale], "now") with { Color = PlotColor.Ink });

        var json = Parse(Figure.Frames("epoch", [("1", At(4)), ("2", At(1))]).Add(Line.Of([0, 10], [1, 1], "goal")).Title("Loss"));

        Assert.Equal(["loss", "now", "goal"], json["data"]!.AsArray().Select(trace => (string?)trace!["name"]));
        Assert.Equal("[0,10]", json["data"]![0]!["y"]!.ToJsonString());
        Assert.Equal(["1", "2"], json["frames"]!.AsArray().Select(frame => (string?)frame!["name"]));
        Assert.Equal("""[{"type":"scatter","x":[0,10],"y":[0,40]},{"type":"scatter","x":[5],"y":[4]}]""",
            json["frames"]![0]!["data"]!.ToJsonString());
        Assert.Equal("[0,1]", json["frames"]![0]!["traces"]!.ToJsonString());
        Assert.Equal("[-1.6,41.6]", json["layout"]!["yaxis"]!["range"]!.ToJsonString());
        Assert.Equal(1, (int)json["layout"]!["sliders"]![0]!["active"]!);

        Assert.Contains("loss",
            Assert.Throws<ArgumentException>(() => Figure.Frames("epoch", [("1", At(4)), ("2", Figure.Of(Line.Of([0], [1], "other")))]))
                .Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Figure.Frames("epoch", [("1", At(4)), ("1", At(1))]));
    }

    [Fact]
    public void Texts_cannot_leave_the_script_element_or_act_as_markup()
    {
        const string text = "</script><b>\u2028\u2029 <s> & \uD800 \u0000\u202E";

        var json = Figure.Of(Scatter.Of(["a</script>"], [1], text, labels: [text], hover: [text])).Title(text).X(text).ToJson();

        Assert.DoesNotContain("<", json, StringComparison.Ordinal);
        Assert.DoesNotContain('\u2028', json);
        Assert.DoesNotContain('\u202E', json);
        var trace = JsonNode.Parse(json)!["data"]![0]!;
        Assert.StartsWith(
            "&lt;/script&gt;&lt;b&gt;\u2028\u2029 &lt;s&gt; &amp; \uFFFD \u2400\uFFFD", (string?)trace["name"], StringComparison.Ordinal);
        Assert.Equal("category", (string?)JsonNode.Parse(json)!["layout"]!["xaxis"]!["type"]);
    }

    [Fact]
    public void Hover_texts_are_broken_into_lines_and_cut()
    {
        var lines = PlotlyText.EscapeHover(new string('w', 5000) + " end").Split("<br>");

        Assert.All(lines, line => Assert.InRange(line.Length, 1, 61));
        Assert.InRange(lines.Length, 8, 12);
    }

    [Fact]
    public void A_page_has_every_colour_of_the_dark_scheme()
    {
        foreach (var figure in new[] { SampleReport.EveryTrace(), SampleReport.Training(), SampleReport.KlHeatmap(), SampleReport.Rate() })
        {
            var map = JsonNode.Parse(PageFigure.ToJson(figure))!["dark"]!.AsObject();
            var expected = JsonNode.Parse(figure.ToJson(Theme.Dark))!["data"]!.ToJsonString();

            var swapped = JsonNode.Parse(figure.ToJson(Theme.Light))!["data"]!.ToJsonString();
            foreach (var (light, dark) in map) swapped = swapped.Replace($"\"{light}\"", $"\"@{dark}\"", StringComparison.Ordinal);

            Assert.Equal(expected, swapped.Replace("\"@", "\"", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Points_of_collapsed_models_share_one_label()
    {
        var json = Parse(RateDistortion.Of([new("β = 0.1", 12, 88), new("β = 0.5", 0.02, 99), new("β = 1", 0.01, 99.1)]));

        var points = json["data"]!.AsArray().Single(trace => trace!["text"] is not null)!;
        Assert.Equal(["β = 0.1", "β = 0.5, β = 1", ""], points["text"]!.AsArray().Select(text => (string?)text));

        // On a ground of their own, so that no line crosses them.
        var labels = json["layout"]!["annotations"]!.AsArray().Where(label => ((string?)label!["text"])!.StartsWith('β')).ToArray();
        Assert.Equal([88, 99], labels.Select(label => (double)label!["y"]!));
        Assert.All(labels, label => Assert.Equal("rgba(255,255,255,0.85)", (string?)label!["bgcolor"]));
        foreach (var guide in json["data"]!.AsArray().Where(trace => trace!["text"] is null))
            Assert.Equal((double)guide!["x"]![0]! + (double)guide["y"]![0]!, (double)guide["x"]![1]! + (double)guide["y"]![1]!, 6);
    }

    [Fact]
    public void The_density_of_values_integrates_to_one_and_zeros_fall_into_one_bin()
    {
        // Codes of a ReLU: half of them 0. The edges −4 + 0.2 i, computed in floating point, put zeros into two bins and add up to more.
        double[] codes = [.. Enumerable.Range(0, 1000).Select(i => i % 2 == 0 ? 0 : 3.0 * i / 1000), 9.05, double.NaN];

        var trace = Parse(Figure.Of(Histogram.Density(codes, binWidth: 0.2)))["data"]![0]!;

        Assert.Equal("hv", (string?)trace["line"]!["shape"]);
        double[] Of(string column) => [.. trace[column]!.AsArray().Select(value => (double)value!)];
        var (x, y) = (Of("x"), Of("y"));
        Assert.Equal(1, Enumerable.Range(0, x.Length - 1).Sum(i => (x[i + 1] - x[i]) * y[i]), 8);
        Assert.Equal(0, x[0]);
        Assert.InRange(y[1] * 0.2 * 1001, 500, 600);
        Assert.Equal(0, y[^1]);
        Assert.Throws<ArgumentException>(() => Histogram.Density([double.NaN], 0.2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Histogram.Density([1], 0));
    }

    [Fact]
    public void Whole_numbers_have_whole_ticks_and_markers_are_not_cut()
    {
        var few = Parse(Figure.Of(Line.Of([1, 2, 3], [0, 0.5, 1], markers: true)).YRange(0, 1));
        var many = Parse(Figure.Of(Line.Of([0, 50, 100], [1, 2, 3.5])));

        Assert.Equal(1, (int)few["layout"]!["xaxis"]!["dtick"]!);
        Assert.Null(few["layout"]!["yaxis"]!["dtick"]);
        Assert.Null(many["layout"]!["xaxis"]!["dtick"]);
        Assert.False((bool)few["data"]![0]!["cliponaxis"]!);
    }

    [Theory]
    [InlineData(12, 88, "10|20|50|100|200|500")]
    [InlineData(0.004, 3, "0.001|0.003|0.01|0.03|0.1|0.3|1|3|10|30")]
    [InlineData(0.02, 0.02, "0.001|0.003|0.01|0.03|0.1|0.3|1|3")]
    [InlineData(1, 3e6, "1|10|100|1,000|10,000|10⁵|10⁶|10⁷")]
    public void Ticks_of_a_logarithmic_axis_are_written_in_full(double low, double high, string expected)
    {
        var axis = Parse(Figure.Of(Line.Of([1, 2], [low, high])).LogY())["layout"]!["yaxis"]!;

        Assert.Equal(expected, string.Join('|', axis["ticktext"]!.AsArray().Select(text => (string?)text)));
    }

    [Fact]
    public void On_a_logarithmic_axis_the_title_says_where_a_rate_of_zero_is_drawn()
    {
        var json = Parse(RateDistortion.Of([new("β = 0", 250, 30), new("β = 0.5", 3, 35), new("β = 1", 0, 37)]));

        Assert.Equal("rate: KL (nats per sentence), those below 0.001 at 0.001", (string?)json["layout"]!["xaxis"]!["title"]!["text"]);
    }

    [Fact]
    public void Scattered_models_are_named_in_the_legend_on_an_axis_that_most_of_them_need()
    {
        RatePoint[] remedies = [new("none", 0.01, 99), new("free bits", 6, 95), new("pooling", 7, 94), new("both", 9, 93)];

        var some = Parse(RateDistortion.Scattered(remedies));
        var besideAutoencoder = Parse(RateDistortion.Scattered([.. remedies, new("β = 0", 900, 60)]));

        Assert.Equal(remedies.Select(point => point.Label), some["data"]!.AsArray().Where(trace => trace!["name"] is not null)
            .Select(trace => (string?)trace!["name"]));
        Assert.NotEqual("log", (string?)some["layout"]!["xaxis"]!["type"]);
        Assert.Equal("log", (string?)besideAutoencoder["layout"]!["xaxis"]!["type"]);
    }

    [Fact]
    public void Labels_beyond_the_palette_share_one_grey()
    {
        string[] labels = [.. Enumerable.Range(0, 100).Select(i => $"noun.{i % 20}")];
        double[] zeros = new double[100];

        var json = Parse(PosteriorMeans2D.Of(zeros, zeros, labels));

        var names = json["data"]!.AsArray().Select(trace => (string)trace!["name"]!).ToArray();
        Assert.Equal(8, names.Length);
        Assert.Equal("other (13 labels)", names[0]);
        Assert.Equal(100, json["data"]!.AsArray().Sum(trace => trace!["x"]!.AsArray().Count));
    }

    [Fact]
    public void Figures_of_no_or_one_point_are_still_figures()
    {
        Assert.Empty(Parse(RateDistortion.Of([]))["data"]!.AsArray());
        Assert.NotEmpty(Parse(RateDistortion.Of([new("β = 1", 0, 99)]))["data"]!.AsArray());
        Assert.NotEmpty(Parse(TrainingCurves.Of([new("empty", [], [], [])]))["data"]!.AsArray());
        Assert.Equal("bar", (string?)Parse(KlPerDimension.Of([("one", [0.1, 3])]))["data"]![0]!["type"]);
    }

    [Fact]
    public void Pictures_stand_in_rows_with_an_empty_line_between()
    {
        float[] ink = [0, 0.5f, 1, 0.25f];

        var json = Parse(PictureRows.Of([("above", [ink, ink]), ("below", [ink])], side: 2));

        Assert.Equal(
            "[[0,0.5,null,0,0.5,null],[1,0.25,null,1,0.25,null],[],[0,0.5,null],[1,0.25,null]]", json["data"]![0]!["z"]!.ToJsonString());
        Assert.Equal("[0.5,3.5]", json["layout"]!["yaxis"]!["tickvals"]!.ToJsonString());
        Assert.Equal("x", (string?)json["layout"]!["yaxis"]!["scaleanchor"]);
        Assert.Throws<ArgumentException>(() => PictureRows.Of([("one", [ink])], side: 3));
        Assert.Throws<ArgumentException>(() => PictureRows.Of([("none", [])], side: 2));
    }

    private static JsonNode Parse(Figure figure) => JsonNode.Parse(figure.ToJson())!;

    [Fact]
    public void An_axis_that_cannot_be_drawn_is_refused_in_one_line()
    {
        var figure = Figure.Of(Line.Of([1.0, 2], [3.0, 4]));

        foreach (var wrong in (Func<Figure>[])
            [() => figure.LogY().YRange(0, 10), () => figure.YRange(0, 10).LogY(), () => figure.LogY().YRange(-1, 10)])
            Assert.Contains("its ends must be above 0", Assert.Throws<UserException>(wrong).Message, StringComparison.Ordinal);
        Assert.Contains("its ends must be numbers",
            Assert.Throws<UserException>(() => figure.XRange(0, double.NaN)).Message, StringComparison.Ordinal);
        Assert.Contains("\"range\":[-2,1]", figure.LogY().YRange(0.01, 10).ToJson(), StringComparison.Ordinal);
    }
}
