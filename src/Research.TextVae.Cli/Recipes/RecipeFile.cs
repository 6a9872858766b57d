using Research.TextVae.Support;

namespace Research.TextVae.Cli.Recipes;

/// <summary>A recipe in a folder, with the comment it begins with.</summary>
internal sealed record RecipeFile(string Path, string Summary)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <exception cref="UserException">The folder has none.</exception>
    public static IReadOnlyList<RecipeFile> In(string folder)
    {
        var files = Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*.csx").Where(file => System.IO.Path.GetFileName(file) != "prelude.csx")
            : [];
        RecipeFile[] recipes = [.. files.Order(StringComparer.Ordinal).Select(file => new RecipeFile(file, FirstSentence(file)))];
        return recipes.Length > 0 ? recipes
            : throw new UserException($"there are no recipes in '{folder}'; name their folder with --recipes.");
    }

    // The comment under the script's first line, up to its first full stop or colon.
    private static string FirstSentence(string file)
    {
        var comment = string.Join(' ', File.ReadLines(file)
            .SkipWhile(line => line.StartsWith("#!", StringComparison.Ordinal))
            .TakeWhile(line => line.StartsWith("// ", StringComparison.Ordinal))
            .Select(line => line[3..].Trim()));
        var end = comment.IndexOfAny(['.', ':']);
        return end < 0 ? comment : comment[..end];
    }
}
