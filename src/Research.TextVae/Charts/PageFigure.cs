using System.Text.Json.Nodes;

namespace Research.TextVae.Charts;

/// <summary>A figure as data of a page: wide and narrow layout, and what each light colour becomes in the dark.</summary>
internal static class PageFigure
{
    public static string ToJson(Figure figure)
    {
        var light = new PlotlyFigure(figure, Theme.Light);
        var dark = new PlotlyFigure(figure, Theme.Dark);
        var (data, wide) = (light.Data(), light.Layout(titled: false));
        var colors = new JsonObject();
        CollectColors(data, dark.Data(), colors);
        CollectColors(wide, dark.Layout(titled: false), colors);
        var frames = light.Frames();
        CollectColors(frames, dark.Frames(), colors);
        var page = new JsonObject
        {
            ["data"] = data,
            ["layout"] = wide,
            ["narrow"] = light.Layout(narrow: true, titled: false),
            ["frames"] = frames,
            ["config"] = PlotlyFigure.Config(),
            ["dark"] = colors,
        };
        return page.ToJsonString(PlotlyFigure.JsonOptions);
    }

    /// <summary>The two trees have one shape and differ in colours only.</summary>
    private static void CollectColors(JsonNode? light, JsonNode? dark, JsonObject colors)
    {
        switch (light)
        {
            case JsonObject members:
                foreach (var (key, value) in members) CollectColors(value, dark![key], colors);
                break;
            case JsonArray { Count: > 0 } items when items[0] is JsonObject or JsonArray:
                for (var i = 0; i < items.Count; i++) CollectColors(items[i], dark![i], colors);
                break;
            case JsonArray { Count: 2 } stop when stop[1] is JsonValue second && second.TryGetValue<string>(out var color)
                && color.StartsWith('#'):
                colors[color] = dark![1]!.GetValue<string>();
                break;
            case JsonValue leaf when leaf.TryGetValue<string>(out var color) && color != dark!.GetValue<string>():
                colors[color] = dark.GetValue<string>();
                break;
        }
    }
}
