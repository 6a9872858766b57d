using System.IO.Compression;
using System.Reflection;
using System.Text;

namespace Research.TextVae.Charts;

/// <summary>The scripts and style that a page carries inside itself.</summary>
internal static class PlotlyScript
{
    private static readonly Lazy<string> Library = new(() => Read("plotly-cartesian.min.js.gz"));

    /// <summary>plotly.js, 1.5 MB.</summary>
    public static string Source => Library.Value;

    /// <summary>The same, compressed with gzip and in base64.</summary>
    public static string Compressed => Convert.ToBase64String(Bytes("plotly-cartesian.min.js.gz"));

    /// <summary>A function that draws a figure in the output of a notebook's cell.</summary>
    public static string Live => Read("live.js");

    /// <summary>A function that turns the address of a picture into a small PNG.</summary>
    public static string Picture => Read("picture.js");

    /// <summary>Draws the figures of a page and redraws them when its width class or colour scheme changes.</summary>
    public static string Drawing => Read("figures.js");

    public static string Style => Read("report.css");

    private static string Read(string name)
    {
        using var resource = new MemoryStream(Bytes(name));
        using Stream content = name.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(resource, CompressionMode.Decompress)
            : resource;
        using var reader = new StreamReader(content, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static byte[] Bytes(string name)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream("plots/" + name)
            ?? throw new InvalidOperationException($"The assembly lacks its resource plots/{name}.");
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return bytes.ToArray();
    }
}
