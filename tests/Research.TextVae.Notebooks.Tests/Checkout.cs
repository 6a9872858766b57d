namespace Research.TextVae.Notebooks.Tests;

/// <summary>The checkout that the tests were built from, for tests of the sources themselves.</summary>
internal static class Checkout
{
    private static readonly string[] _generated = ["artifacts", "bin", "obj", "runs", "node_modules"];

    public static string Root { get; } = Find();

    /// <summary>Every file of the checkout but those that builds and runs leave.</summary>
    public static IEnumerable<string> Files() => FilesBelow(Root);

    /// <summary>A file's path from the root of the checkout, with slashes.</summary>
    public static string Relative(string file) => Path.GetRelativePath(Root, file).Replace(Path.DirectorySeparatorChar, '/');

    private static IEnumerable<string> FilesBelow(string folder) => Directory.EnumerateFiles(folder).Concat(
        Directory.EnumerateDirectories(folder)
            .Where(inner => Path.GetFileName(inner) is var name && name != ".git" && !_generated.Contains(name))
            .SelectMany(FilesBelow));

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Research.TextVae.sln")))
            folder = Path.GetDirectoryName(folder.TrimEnd(Path.DirectorySeparatorChar))!;
        return folder;
    }
}
