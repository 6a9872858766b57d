using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Research.TextVae.Charts;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Documents.Html;

/// <summary>
/// A notebook as one page that holds all it needs. Its content security policy allows nothing from the network and no script but those
/// whose hashes it names, so that markup in outputs cannot run anything.
/// </summary>
public static class NotebookPage
{
    /// <summary>Writes the page of a notebook that was loaded from <paramref name="path"/>.</summary>
    /// <exception cref="UserException">It cannot be written.</exception>
    public static void Write(Notebook notebook, string path, string target) =>
        AtomicFile.Write(target, Of(notebook, Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileNameWithoutExtension(path)));

    /// <param name="folder">The notebook's folder, for the pictures its text refers to.</param>
    /// <param name="name">The title where the notebook has no heading.</param>
    public static string Of(Notebook notebook, string folder, string name)
    {
        var body = string.Concat(notebook.Cells.Select(cell => Cell(cell, folder)));
        var hasFormulas = body.Contains("class=\"math", StringComparison.Ordinal);
        var hasFigures = body.Contains("<div class=\"plot", StringComparison.Ordinal);
        List<string> scripts = [];
        if (hasFormulas)
            scripts.Add(PageAsset.Read("katex.min.js.gz"));
        if (hasFormulas)
            scripts.Add(PageAsset.Read("formulas.js"));
        if (hasFigures)
            scripts.AddRange([PlotlyScript.Source, PlotlyScript.Drawing]);
        var allowed = scripts.Count == 0
            ? "'none'"
            : string.Join(
                ' ', scripts.Select(script => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'"));

        var page = new StringBuilder(1 << 20);
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.Append(CultureInfo.InvariantCulture,
            $"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; form-action 'none'; style-src "
                + $"'unsafe-inline'; font-src data:; img-src data: blob:; script-src {allowed}\">\n");
        page.Append(
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light "
                + "dark\">\n");
        page.Append(CultureInfo.InvariantCulture,
            $"<title>{WebUtility.HtmlEncode(Title(notebook) ?? name)}</title>\n<style>\n{PageAsset.Read("notebook.css")}</style>\n");
        if (hasFormulas)
            page.Append(CultureInfo.InvariantCulture, $"<style>{PageAsset.Read("katex.min.css.gz")}</style>\n");
        page.Append(CultureInfo.InvariantCulture, $"</head>\n<body>\n<main>\n{body}</main>\n");
        if (hasFigures)
            page.Append(CultureInfo.InvariantCulture,
                $"<script type=\"application/json\" "
                    + $"id=\"dark-colors\">{JsonSerializer.Serialize(Theme.LightToDark, PlotlyFigure.JsonOptions)}</script>\n");
        foreach (var script in scripts)
            page.Append(CultureInfo.InvariantCulture, $"<script>{script}</script>\n");
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static string Cell(NotebookCell cell, string folder) => cell.Type switch
    {
        "markdown" =>
            $"<section class=\"text\">\n{MarkdownHtml.Of(cell.Source, folder, cell.Json["attachments"] as JsonObject)}</section>\n",
        "code" when cell.Source.Length > 0 || cell.Outputs.Count > 0 =>
            $"<section class=\"code\">\n<pre class=\"source\" "
                + $"data-count=\"{cell.ExecutionCount}\"><code>{CodeHtml.Of(cell.Source)}</code></pre>\n"
            + string.Concat(cell.Outputs.OfType<JsonObject>()
                .Select(output => $"<div class=\"output\">{OutputHtml.Of(output, folder)}</div>\n")) + "</section>\n",
        _ => "",
    };

    private static string? Title(Notebook notebook) => notebook.Cells.Where(cell => cell.Type == "markdown")
        .SelectMany(cell => cell.Source.Split('\n')).FirstOrDefault(line => line.StartsWith("# ", StringComparison.Ordinal))?[2..].Trim();
}
