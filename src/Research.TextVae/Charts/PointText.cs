using System.Text.Json.Nodes;

namespace Research.TextVae.Charts;

/// <summary>The texts of labels and hover boxes, which lines and scatters share.</summary>
internal static class PointText
{
    public static void Add(JsonObject json, IReadOnlyList<string>? labels, IReadOnlyList<string>? hover)
    {
        if (labels is not null) json["text"] = TracePlace.Texts(labels, PlotlyText.Escape);
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
