namespace Research.TextVae.Notebooks.Scripts;

/// <summary>Writes places in scripts the way compilers do, which editors turn into links.</summary>
internal static class ScriptPosition
{
    /// <summary><c>recipes/x.csx(12,5)</c>, relative to the current folder if the file is below it.</summary>
    public static string Format(string path, int line, int column)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        var shown = relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
        return FormattableString.Invariant($"{shown}({line},{column})");
    }
}
