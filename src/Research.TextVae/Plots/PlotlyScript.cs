using System.IO.Compression;
using System.Reflection;
using System.Text;

namespace Research.TextVae.Plots;

/// <summary>The scripts and style that a page carries inside itself.</summary>
internal static class PlotlyScript
{
    private static readonly Lazy<string> Library = new(() => Read("plotly-cartesian.min.js.gz"));

    /// <summary>plotly.js, 1.5 MB.</summary>
    public static string Source => Library.Value;

    /// <summary>Draws the figures of a page and redraws them when its width class or colour scheme changes.</summary>
    public static string Drawing => Read("figures.js");

    public static string Style => Read("report.css");

    private static string Read(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var resource = assembly.GetManifestResourceStream("plots/" + name)
            ?? throw new InvalidOperationException($"The assembly lacks its resource plots/{name}.");
        using var content = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(resource, CompressionMode.Decompress) : resource;
        using var reader = new StreamReader(content, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
