using Microsoft.DotNet.Interactive;

namespace Research.TextVae.Notebooks.Engine.Display;

/// <summary>Markup goes out as it is.</summary>
internal sealed class HtmlContentFormatters
{
#pragma warning disable CA1822 // The convention calls it on an instance.
    public IEnumerable<object> CreateTypeFormatters() => [new Formatter()];
#pragma warning restore CA1822

    private sealed class Formatter
    {
        public string MimeType { get; } = MimeBundle.Html;

#pragma warning disable CA1822
        public bool Format(object value, TextWriter writer)
        {
            writer.Write(((HtmlContent)value).Value);
            return true;
        }
    }
}
