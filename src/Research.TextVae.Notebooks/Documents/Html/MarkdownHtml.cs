using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Research.TextVae.Notebooks.Documents.Html;

/// <summary>Markdown as HTML, its own markup made harmless. Formulas stay LaTeX, in elements of class <c>math</c> that the page's script
/// typesets; pictures come inside.</summary>
internal static partial class MarkdownHtml
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseMathematics().UseAutoIdentifiers().UseTaskLists().UseFootnotes().UseEmphasisExtras().Build();

    private static readonly Dictionary<string, string> PictureTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".gif"] = "image/gif",
        [".svg"] = "image/svg+xml",
        [".webp"] = "image/webp",
    };

    /// <param name="folder">Where relative paths of pictures begin.</param>
    /// <param name="attachments">Pictures stored in the cell itself, or null.</param>
    public static string Of(string markdown, string folder, JsonObject? attachments = null)
    {
        try
        {
            return Rendered(markdown, folder, attachments);
        }
        catch (ArgumentException)
        {
            // Nested deeper than the renderer goes.
            return $"<pre>{WebUtility.HtmlEncode(markdown)}</pre>";
        }
    }

    private static string Rendered(string markdown, string folder, JsonObject? attachments)
    {
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.Replace<HtmlMathInlineRenderer>(new InlineFormula());
        renderer.ObjectRenderers.Replace<HtmlMathBlockRenderer>(new BlockFormula());
        var document = Markdown.Parse(markdown, Pipeline);
        foreach (var link in document.Descendants<LinkInline>().Where(link => !link.IsImage))
            link.Url = NotebookAddress().Replace(link.Url ?? "", "$1.html");
        renderer.Render(document);
        return PictureSource()
            .Replace(SafeHtml.Of(writer.ToString()), match =>
                $"<img src=\"{Inlined(WebUtility.HtmlDecode(match.Groups[1].Value), folder, attachments)}\"");
    }

    private static string Inlined(string address, string folder, JsonObject? attachments)
    {
        if (address.StartsWith("attachment:", StringComparison.Ordinal)
            && attachments?[Uri.UnescapeDataString(address[11..])] is JsonObject { Count: > 0 } attachment
            && attachment.First() is var (type, content) && PictureTypes.ContainsValue(type))
            return $"data:{type};base64,{WebUtility.HtmlEncode(NotebookCell.Text(content).ReplaceLineEndings(""))}";
        var path = Path.Combine(folder, Uri.UnescapeDataString(address));
        return PictureTypes.TryGetValue(Path.GetExtension(path), out var kind) && File.Exists(path)
            ? $"data:{kind};base64,{Convert.ToBase64String(File.ReadAllBytes(path))}"
            : WebUtility.HtmlEncode(address);
    }

    /// <summary>A relative link to another notebook: pages link to pages.</summary>
    [GeneratedRegex(@"^(?!//)([^:?#]+)\.ipynb(?=$|[?#])", RegexOptions.IgnoreCase)]
    private static partial Regex NotebookAddress();

    [GeneratedRegex("<img src=\"([^\"]*)\"")]
    private static partial Regex PictureSource();

    private sealed class InlineFormula : HtmlObjectRenderer<MathInline>
    {
        // $$…$$ within a paragraph is set apart too, as in Jupyter.
        protected override void Write(HtmlRenderer renderer, MathInline obj) => renderer
            .Write(obj.DelimiterCount > 1 ? "<span class=\"math display\">" : "<span class=\"math\">").WriteEscape(ref obj.Content)
            .Write("</span>");
    }

    private sealed class BlockFormula : HtmlObjectRenderer<MathBlock>
    {
        protected override void Write(HtmlRenderer renderer, MathBlock obj) => renderer
            .Write("<div class=\"math display\">").WriteLeafRawLines(obj, writeEndOfLines: true, escape: true).WriteLine("</div>");
    }
}
