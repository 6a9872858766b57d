using System.Text.Json.Nodes;

namespace Research.TextVae.Charts;

/// <summary>Axes, title, annotations and reference lines of one panel.</summary>
internal sealed class PanelLayout(Figure figure, Figure panel, int index, PanelGrid grid, Theme theme, bool narrow)
{
    private readonly string _x = PlotlyFigure.AxisId('x', index);
    private readonly string _y = PlotlyFigure.AxisId('y', index);

    public void AddTo(JsonObject layout, JsonArray annotations, JsonArray shapes)
    {
        layout["xaxis" + _x[1..]] = XAxis();
        layout["yaxis" + _y[1..]] = YAxis();
        if (!figure.Panels.IsEmpty && panel.TitleText is { } title) annotations.Add(PanelTitle(title));
        foreach (var annotation in panel.Annotations) annotations.Add(AtPoint(annotation));
        foreach (var line in panel.Traces.OfType<Line>().Where(line => line.Labels is not null))
            for (var i = 0; i < line.X.Count; i++)
                if (line.Labels![i].Length > 0) annotations.Add(AtPoint(line, i));
        foreach (var line in panel.References)
        {
            shapes.Add(Across(line));
            if (line.Label is { } label) annotations.Add(LineLabel(line, label));
        }
    }

    private JsonObject XAxis()
    {
        var json = Axis(panel.Horizontal, panel.Traces.Select(trace => trace.XValues), grid.XDomain(index), _y);
        if (figure.SharedX && index > 0) json["matches"] = "x";
        if (figure.SharedX && !grid.IsLowest(index, figure.Panels.Length)) json.Remove("title");
        if (narrow) json["nticks"] = 6;
        if (panel.SameScale) json["constrain"] = "domain";
        return json;
    }

    private JsonObject YAxis()
    {
        var json = Axis(panel.Vertical, panel.Traces.Select(trace => trace.YValues), grid.YDomain(index), _x);
        if (figure.SharedY && index > 0) json["matches"] = "y";
        if (figure.SharedY && !grid.IsLeftmost(index))
        {
            json.Remove("title");
            json["showticklabels"] = false;
        }

        if (panel.Traces.Any(trace => trace is Heatmap)) (json["autorange"], json["showgrid"]) = ("reversed", false);
        if (panel.SameScale) (json["scaleanchor"], json["constrain"]) = (_x, "domain");
        return json;
    }

    private JsonObject Axis(Axis axis, IEnumerable<Values?> values, (double Low, double High) domain, string anchor)
    {
        var named = values.Any(column => column?.Texts is not null);
        var json = new JsonObject
        {
            ["domain"] = new JsonArray(domain.Low, domain.High),
            ["anchor"] = anchor,
            ["automargin"] = true,
            ["showgrid"] = axis.GridLines && !named && !panel.Traces.Any(trace => trace is Heatmap),
            ["gridcolor"] = theme.Grid,
            ["zeroline"] = false,
            ["showline"] = true,
            ["linecolor"] = theme.AxisLine,
            ["ticks"] = "outside",
            ["ticklen"] = 4,
            ["tickcolor"] = theme.AxisLine,
            ["hoverformat"] = ".5~g",
        };
        if (axis.Scale != AxisScale.Automatic || named)
            json["type"] = axis.Scale switch { AxisScale.Log => "log", AxisScale.Linear => "linear", _ => "category" };
        if (axis.Title is { } title)
            json["title"] = new JsonObject
            {
                ["text"] = PlotlyText.Escape(title),
                ["standoff"] = 8,
                ["font"] = new JsonObject { ["color"] = theme.Label, ["size"] = narrow ? 11 : 13 },
            };
        if (!axis.LineShown) (json["showline"], json["ticks"]) = (false, "");
        if (axis.FromZero) json["rangemode"] = "tozero";
        if (axis.TickFormat is { } format) json["tickformat"] = format;
        if (!named && axis.Scale is AxisScale.Automatic or AxisScale.Linear && TickMarks.AreWhole(axis, values)) json["dtick"] = 1;
        if (axis.Range is var (low, high))
        {
            if (axis.Scale == AxisScale.Log) (low, high) = (Math.Log10(low), Math.Log10(high));
            json["range"] = axis.Reversed ? new JsonArray(high, low) : new JsonArray(low, high);
        }
        else if (axis.Reversed)
        {
            json["autorange"] = "reversed";
        }

        if ((axis.Ticks ?? (axis.Scale == AxisScale.Log ? TickMarks.OfPowers(axis, values) : null)) is { } ticks)
        {
            json["tickvals"] = Values.ToJson([.. ticks.Select(tick => tick.Value)]);
            json["ticktext"] = TracePlace.Texts(ticks.Select(tick => tick.Label), PlotlyText.Escape);
        }

        return json;
    }

    private JsonObject PanelTitle(string title) => new()
    {
        ["text"] = PlotlyText.Escape(title),
        ["x"] = grid.XDomain(index).Low,
        ["y"] = grid.YDomain(index).High,
        ["xref"] = "paper",
        ["yref"] = "paper",
        ["xanchor"] = "left",
        ["yanchor"] = "bottom",
        ["yshift"] = 5,
        ["showarrow"] = false,
        ["font"] = new JsonObject { ["size"] = narrow ? 12 : 13, ["color"] = theme.Ink, ["weight"] = 600 },
    };

    private JsonObject AtPoint(Annotation annotation) => new()
    {
        ["text"] = PlotlyText.Escape(annotation.Text),
        ["x"] = Coordinate(annotation.X, panel.Horizontal),
        ["y"] = Coordinate(annotation.Y, panel.Vertical),
        ["xref"] = _x,
        ["yref"] = _y,
        ["xanchor"] = annotation.Anchor,
        ["yanchor"] = annotation.Arrow ? "auto" : "bottom",
        ["showarrow"] = annotation.Arrow,
        ["arrowcolor"] = theme.Muted,
        ["arrowwidth"] = 1,
        ["arrowhead"] = 0,
        ["font"] = new JsonObject { ["size"] = narrow ? 10 : 11, ["color"] = annotation.Muted ? theme.Muted : theme.Ink },
        ["bgcolor"] = Theme.WithOpacity(theme.Paper, Theme.BehindText),
        ["borderpad"] = 1,
    };

    private JsonObject AtPoint(Line line, int point)
    {
        var (right, above) = FreeSide(line, point);
        var json = AtPoint(new Annotation(0, line.Y.Numbers![point], line.Labels![point], right ? "left" : "right", Muted: false));
        json["x"] = line.X.Numbers is { } x ? Coordinate(x[point], panel.Horizontal) : line.X.ToJson()[point]!.DeepClone();
        if (!above) json["yanchor"] = "top";
        (json["xshift"], json["yshift"]) = (right ? 4 : -4, above ? 3 : -3);
        return json;
    }

    // Right above the point, or the next side that the line neither comes from nor goes to.
    private static (bool Right, bool Above) FreeSide(Line line, int point)
    {
        if (line.X.Numbers is not { } x) return (true, true);
        var y = line.Y.Numbers!;
        var taken = new[] { point - 1, point + 1 }.Where(neighbour => neighbour >= 0 && neighbour < x.Length)
            .Select(neighbour => (x[neighbour] > x[point], y[neighbour] > y[point])).ToArray();
        return new[] { (true, true), (true, false), (false, true), (false, false) }.First(side => !taken.Contains(side));
    }

    private JsonObject Across(ReferenceLine line)
    {
        var (along, across) = line.Horizontal ? ('x', 'y') : ('y', 'x');
        var value = Values.Number(line.Value);
        return new JsonObject
        {
            ["type"] = "line",
            ["layer"] = "above",
            [$"{along}ref"] = (line.Horizontal ? _x : _y) + " domain",
            [$"{across}ref"] = line.Horizontal ? _y : _x,
            [$"{along}0"] = 0,
            [$"{along}1"] = 1,
            [$"{across}0"] = value,
            [$"{across}1"] = value?.DeepClone(),
            ["line"] = new JsonObject { ["color"] = theme.Muted, ["width"] = 1, ["dash"] = "dash" },
        };
    }

    private JsonObject LineLabel(ReferenceLine line, string label)
    {
        var json = AtPoint(new Annotation(line.Value, line.Value, label, line.Horizontal ? "right" : "left"));
        if (line.Horizontal) (json["x"], json["xref"]) = (1, _x + " domain");
        else (json["y"], json["yref"], json["yanchor"], json["xshift"]) = (1, _y + " domain", "top", 3);
        return json;
    }

    /// <summary>Annotations on a log axis are placed by exponent.</summary>
    private static JsonNode? Coordinate(double value, Axis axis) =>
        Values.Number(axis.Scale == AxisScale.Log ? Math.Log10(value) : value);
}
