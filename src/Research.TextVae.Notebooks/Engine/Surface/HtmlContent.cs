using Research.TextVae.Notebooks.Engine.Display;

namespace Microsoft.DotNet.Interactive;

/// <summary>Markup, shown as such.</summary>
[TypeFormatterSource(typeof(HtmlContentFormatters), PreferredMimeTypes = ["text/html"])]
public sealed record HtmlContent(string Value)
{
    /// <summary>The markup itself.</summary>
    public override string ToString() => Value;
}
