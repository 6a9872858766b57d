using System.Text.Json;
using System.Text.Json.Nodes;

namespace Research.TextVae.Notebooks.Engine;

/// <summary>One value in several representations, the way Jupyter stores it: MIME type → content.</summary>
/// <param name="Data">Text, base64 of binary formats, or parsed JSON for JSON formats.</param>
public sealed record MimeBundle(JsonObject Data)
{
    /// <summary>MIME type of plain text.</summary>
    public const string PlainText = "text/plain";

    /// <summary>MIME type of an HTML fragment.</summary>
    public const string Html = "text/html";

    /// <summary>A figure as an object of data, layout and config.</summary>
    public const string Plotly = "application/vnd.plotly.v1+json";

    /// <summary>A value in one representation.</summary>
    public static MimeBundle Of(string mimeType, string content) => new(new JsonObject { [mimeType] = Content(mimeType, content) });

    /// <summary>Whether the content of this format is stored as JSON rather than as text.</summary>
    public static bool IsJson(string mimeType) => mimeType == "application/json" || mimeType.EndsWith("+json", StringComparison.Ordinal);

    internal static JsonNode? Content(string mimeType, string content)
    {
        if (!IsJson(mimeType))
            return content;
        try
        {
            return JsonNode.Parse(content);
        }
        catch (JsonException)
        {
            return content;
        }
    }
}
