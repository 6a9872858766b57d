using Research.TextVae.Plots;

namespace Research.TextVae.Display;

/// <summary>A table as markup and as aligned text.</summary>
internal sealed class ReportTableFormatters
{
#pragma warning disable CA1822 // The convention calls it on an instance.
    public IEnumerable<object> CreateTypeFormatters() =>
#pragma warning restore CA1822
    [
        new TypeFormatter<ReportTable>("text/html", table => table.ToPlainHtml()),
        new TypeFormatter<ReportTable>("text/plain", table => table.ToString()),
    ];
}
