using System.Globalization;
using Research.TextVae.Notebooks.Scripts;

namespace Research.TextVae.Cli.Doctor;

/// <summary>What is kept outside the checkout; all of it can be deleted and comes back when needed.</summary>
internal static class Caches
{
    public static IEnumerable<Finding> Examine()
    {
        var folder = Path.GetDirectoryName(ScriptRunner.DefaultCacheFolder)!;
        if (!Directory.Exists(folder))
            return [new Finding("cache", $"{folder}, empty")];
        var parts = Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Select(part => $"{Path.GetFileName(part)} {Size(part)}");
        return [new Finding("cache", $"{folder}: {string.Join(", ", parts)}")];
    }

    private static string Size(string folder)
    {
        var bytes = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F1} MB");
    }
}
