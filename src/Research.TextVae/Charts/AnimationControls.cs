using System.Text.Json.Nodes;

namespace Research.TextVae.Charts;

/// <summary>Slider and buttons of an animation, below its plot.</summary>
internal sealed class AnimationControls(Figure figure, Theme theme, bool narrow)
{
    /// <summary>In pixels.</summary>
    public const int Height = 84;

    private const int FrameMilliseconds = 500;
    private const int Distance = 52;

    public void AddTo(JsonObject layout)
    {
        layout["sliders"] = new JsonArray(Slider());
        layout["updatemenus"] = new JsonArray(Buttons());
    }

    // Only points and lines move without the whole plot being drawn anew.
    private bool Redraw => figure.PanelsOrSelf.Any(panel => panel.Traces.Any(trace => trace is not (Line or Scatter)));

    private double Left => narrow ? 0.3 : 0.13;

    private JsonObject Slider() => new()
    {
        ["active"] = figure.Steps.Length - 1,
        ["x"] = Left,
        ["len"] = 1 - Left,
        ["y"] = 0,
        ["yanchor"] = "top",
        ["pad"] = new JsonObject { ["t"] = Distance - 14, ["b"] = 0, ["l"] = 0, ["r"] = 0 },
        ["currentvalue"] = new JsonObject
        {
            ["prefix"] = PlotlyText.Escape(figure.StepName) + " ",
            ["xanchor"] = "left",
            ["offset"] = 8,
            ["font"] = new JsonObject { ["color"] = theme.Ink, ["size"] = narrow ? 11 : 13 },
        },
        ["font"] = new JsonObject { ["color"] = theme.Label, ["size"] = narrow ? 10 : 11 },
        ["bgcolor"] = theme.Grid,
        ["activebgcolor"] = theme.AxisLine,
        ["bordercolor"] = theme.AxisLine,
        ["borderwidth"] = 1,
        ["tickcolor"] = theme.AxisLine,
        ["ticklen"] = 4,
        ["minorticklen"] = 3,
        ["steps"] = new JsonArray([.. figure.Steps.Select(step => (JsonNode?)new JsonObject
        {
            ["label"] = PlotlyText.Escape(step.Label), ["method"] = "animate",
            ["args"] = new JsonArray(new JsonArray(step.Label), Timing(0)),
        })]),
    };

    private JsonObject Buttons() => new()
    {
        ["type"] = "buttons",
        ["direction"] = "left",
        ["showactive"] = false,
        ["x"] = 0,
        ["xanchor"] = "left",
        ["y"] = 0,
        ["yanchor"] = "top",
        ["pad"] = new JsonObject { ["t"] = Distance, ["b"] = 0, ["l"] = 0, ["r"] = 0 },
        ["font"] = new JsonObject { ["color"] = theme.Ink, ["size"] = 12 },
        ["bgcolor"] = theme.Paper,
        ["bordercolor"] = theme.AxisLine,
        ["buttons"] = new JsonArray(Button("▶", null, FrameMilliseconds), Button("❚❚", new JsonArray((JsonNode?)null), 0)),
    };

    private JsonObject Button(string label, JsonNode? frames, int milliseconds) =>
        new() { ["label"] = label, ["method"] = "animate", ["args"] = new JsonArray(frames, Timing(milliseconds)) };

    private JsonObject Timing(int milliseconds) => new()
    {
        ["mode"] = "immediate",
        ["fromcurrent"] = false,
        ["transition"] = new JsonObject { ["duration"] = Redraw ? 0 : milliseconds * 3 / 5, ["easing"] = "cubic-in-out" },
        ["frame"] = new JsonObject { ["duration"] = milliseconds, ["redraw"] = Redraw },
    };
}
