namespace Research.TextVae.Notebooks.Scripts;

/// <summary>The script has errors, each described in one line with its place.</summary>
internal sealed class ScriptCompilationException(IEnumerable<string> errors) : Exception("The script has errors.")
{
    public IReadOnlyList<string> Errors { get; } = [.. errors];
}
