using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Research.TextVae.Charts;

namespace Research.TextVae.Explorer;

/// <summary>The files of the pages, which the assembly carries; their style begins with that of the reports.</summary>
internal static class Assets
{
    private static readonly Dictionary<string, string> Types = new()
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
    };

    /// <summary>Serves the scripts and styles, and one page at the root.</summary>
    /// <param name="routes">Where.</param>
    /// <param name="page">The page's file.</param>
    public static void MapAssets(this IEndpointRouteBuilder routes, string page)
    {
        routes.MapGet("/", () => Results.Bytes(Read(page), Types[".html"]));
        routes.MapGet("/report.css", () => Results.Text(PlotlyScript.Style, Types[".css"], Encoding.UTF8));
        var names = typeof(Assets).Assembly.GetManifestResourceNames().Where(name => !name.EndsWith(".html", StringComparison.Ordinal));
        foreach (var name in names.Select(name => name["page/".Length..]))
            routes.MapGet($"/{name}", () => Results.Bytes(Read(name), Types[Path.GetExtension(name)]));
    }

    private static byte[] Read(string name)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream($"page/{name}")!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
