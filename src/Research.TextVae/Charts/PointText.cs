using System.Text.Json.Nodes;

namespace Research.TextVae.Charts;

/// <summary>Labels and hover texts, which lines and scatters share.</summary>
internal static class PointText
{
    public static void Add(JsonObject json, IReadOnlyList<string>? labels, IReadOnlyList<string>? hover, Theme theme)
    {
        if (labels is not null)
        {
            json["text"] = TracePlace.Texts(labels, PlotlyText.Escape);
            json["textposition"] = "top right";
            json["textfont"] = new JsonObject { ["color"] = theme.Ink, ["size"] = 12 };
            json["cliponaxis"] = false;
        }

        if (hover is not null)
        {
            json["hovertext"] = TracePlace.Texts(hover, PlotlyText.EscapeHover);
            json["hovertemplate"] = "%{hovertext}<br>(%{x}, %{y})";
        }
        else if (labels is not null)
        {
            json["hovertemplate"] = "%{text}<br>(%{x}, %{y})";
        }
    }
}
