using System.IO.Compression;
using System.Reflection;
using System.Text;

namespace Research.TextVae.Notebooks.Documents.Html;

/// <summary>Scripts and styles that pages carry inside them.</summary>
internal static class PageAsset
{
    public static string Read(string name)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream("notebook/" + name)
            ?? throw new InvalidOperationException($"The assembly lacks its resource notebook/{name}.");
        using var content = name.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(resource, CompressionMode.Decompress)
            : resource;
        using var reader = new StreamReader(content, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
