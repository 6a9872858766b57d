using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Research.TextVae.Charts;
using Research.TextVae.Notebooks.Engine;

namespace Research.TextVae.Notebooks.Documents.Html;

/// <summary>One output of a cell as HTML, in the richest representation that needs no network.</summary>
internal static partial class OutputHtml
{
    public static string Of(JsonObject output, string folder) => output["output_type"]?.ToString() switch
    {
        "stream" => Preformatted(output["name"]?.ToString() == "stderr" ? "stderr" : "stdout", NotebookCell.Text(output["text"])),
        "error" => Preformatted("error", string.Join('\n', (output["traceback"] as JsonArray ?? []).Select(line => line?.ToString()))),
        _ when output["data"] is JsonObject data => Rendered(data, folder),
        _ => "",
    };

    private static string Rendered(JsonObject data, string folder)
    {
        if (data[MimeBundle.Plotly] is { } figure)
        {
            var height = ((figure as JsonObject)?["layout"] as JsonObject)?["height"]?.ToString() ?? "400";
            return $"<script type=\"application/json\">{figure.ToJsonString(PlotlyFigure.JsonOptions)}</script><div class=\"plot\" "
                + $"style=\"height:{WebUtility.HtmlEncode(height)}px\"></div>";
        }

        if (data["text/html"] is { } markup)
            return $"<div class=\"value\">{SafeHtml.Of(NotebookCell.Text(markup))}</div>";
        if (data["image/svg+xml"] is { } svg)
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(NotebookCell.Text(svg));
            return $"<img alt=\"\" src=\"data:image/svg+xml;base64,{Convert.ToBase64String(bytes)}\">";
        }

        foreach (var type in (string[])["image/png", "image/jpeg", "image/gif", "image/webp"])
        {
            if (data[type] is { } picture)
                return $"<img alt=\"\" "
                    + $"src=\"data:{type};base64,{WebUtility.HtmlEncode(NotebookCell.Text(picture).ReplaceLineEndings(""))}\">";
        }

        if (data["text/markdown"] is { } markdown)
            return $"<div class=\"value\">{MarkdownHtml.Of(NotebookCell.Text(markdown), folder)}</div>";
        if (data["text/latex"] is { } latex)
            return $"<div class=\"math display\">{WebUtility.HtmlEncode(NotebookCell.Text(latex).Trim('$', '\n', ' '))}</div>";
        return data["text/plain"] is { } text ? $"<pre>{Plain(NotebookCell.Text(text))}</pre>" : "";
    }

    private static string Preformatted(string style, string text) => $"<pre class=\"{style}\">{Plain(text)}</pre>";

    private static string Plain(string text) =>
        WebUtility.HtmlEncode(string.Join('\n', TerminalColor().Replace(text, "").Split('\n').Select(Overwritten)));

    // A carriage return goes back to the beginning of the line, and what follows takes the place of what stood there.
    private static string Overwritten(string line)
    {
        var (shown, at, end) = (new char[line.Length], 0, 0);
        foreach (var c in line)
        {
            if (c == '\r')
            {
                at = 0;
                continue;
            }

            shown[at++] = c;
            end = Math.Max(end, at);
        }

        return new string(shown, 0, end);
    }

    [GeneratedRegex(@"\x1b\[[0-9;]*[A-Za-z]")]
    private static partial Regex TerminalColor();
}
