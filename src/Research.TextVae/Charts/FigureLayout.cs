using System.Text.Json.Nodes;

namespace Research.TextVae.Charts;

/// <summary>plotly.js's layout of a figure: page, legend, and axes, annotations and reference lines of each panel.</summary>
internal sealed class FigureLayout(Figure figure, IReadOnlyList<Figure> panels, Theme theme, bool narrow, bool titled)
{
    private const string FontFamily =
        "Inter, 'Source Sans 3', -apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, "
        + "'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";

    private readonly PanelGrid _grid = new(figure, panels, narrow, titled, LegendOf(figure, panels));

    public JsonObject ToJson()
    {
        var layout = new JsonObject
        {
            ["font"] = new JsonObject { ["family"] = FontFamily, ["size"] = narrow ? 11 : 13, ["color"] = theme.Label },
            ["paper_bgcolor"] = theme.Paper,
            ["plot_bgcolor"] = theme.Paper,
            ["height"] = _grid.Height,
            ["margin"] = new JsonObject { ["l"] = narrow ? 44 : 56, ["r"] = narrow ? 10 : 16, ["t"] = _grid.Top, ["b"] = _grid.Bottom },
            ["showlegend"] = LegendOf(figure, panels).Length > 0,
            ["legend"] = Legend(),
            ["hoverlabel"] = new JsonObject
            {
                ["bgcolor"] = theme.Paper,
                ["bordercolor"] = theme.AxisLine,
                ["font"] = new JsonObject { ["color"] = theme.Ink, ["family"] = FontFamily, ["size"] = 12 },
                ["align"] = "left",
                ["namelength"] = -1,
            },
            ["hovermode"] = HoverUnified ? "x unified" : "closest",
            ["dragmode"] = narrow ? false : "zoom",
            ["barmode"] = "group",
            ["bargap"] = panels.Any(panel => panel.Traces.Any(trace => trace is Bar)) ? 0.3 : 0.04,
            ["modebar"] = new JsonObject { ["bgcolor"] = "rgba(0,0,0,0)", ["color"] = theme.Muted, ["activecolor"] = theme.Ink },
        };
        if (titled && figure.TitleText is { } title)
        {
            layout["title"] = new JsonObject
            {
                ["text"] = PlotlyText.Escape(title),
                ["font"] = new JsonObject { ["size"] = narrow ? 14 : 17, ["color"] = theme.Ink },
                ["x"] = 0,
                ["xref"] = "paper",
                ["xanchor"] = "left",
                ["y"] = 1,
                ["yref"] = "container",
                ["yanchor"] = "top",
                ["pad"] = new JsonObject { ["t"] = 14 },
            };
        }

        var annotations = new JsonArray();
        var shapes = new JsonArray();
        for (var panel = 0; panel < panels.Count; panel++)
        {
            new PanelLayout(figure, panels[panel], panel, _grid, theme, narrow).AddTo(layout, annotations, shapes);
        }

        layout["annotations"] = annotations;
        layout["shapes"] = shapes;
        if (!figure.Steps.IsEmpty) new AnimationControls(figure, theme, narrow).AddTo(layout);
        return layout;
    }

    // The names in the legend; none where there is no legend.
    private static string[] LegendOf(Figure figure, IReadOnlyList<Figure> panels)
    {
        string[] names = [.. panels.SelectMany(panel => panel.Traces)
            .Where(trace => trace is { Legend: true, Name: not null } and not (Box or Violin)).Select(trace => trace.Name!).Distinct()];
        return figure.LegendShown ?? names.Length > 1 ? names : [];
    }

    private bool HoverUnified =>
        figure.HoverTogether ?? panels.All(panel => panel.Traces.All(trace => trace is Line { Labels: null, Hover: null }));

    private JsonObject Legend() => new()
    {
        ["orientation"] = "h",
        ["x"] = 0,
        ["xanchor"] = "left",
        ["y"] = _grid.LegendY,
        ["yanchor"] = "bottom",
        ["font"] = new JsonObject { ["color"] = theme.Ink, ["size"] = narrow ? 11 : 12 },
        ["bgcolor"] = "rgba(0,0,0,0)",
        ["tracegroupgap"] = 0,
    };
}
