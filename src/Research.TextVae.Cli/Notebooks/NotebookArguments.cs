using System.CommandLine;
using Research.TextVae.Notebooks.Documents;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Notebooks;

/// <summary>What the commands for notebooks were given.</summary>
internal sealed record NotebookArguments(IReadOnlyList<string> Notebooks, string? Output, RunSettings Settings)
{
    /// <exception cref="UserException">A value is malformed.</exception>
    public static NotebookArguments Of(ParseResult result)
    {
        var timeout = result.GetResult("--execution-timeout") is null ? null : result.GetValue<double?>("--execution-timeout");
        if (timeout is <= 0 or > 1e8 or double.NaN)
            throw new UserException("--execution-timeout is a number of seconds greater than 0.");
        return new NotebookArguments(
            result.GetValue<string[]>("notebook")!,
            result.GetResult("-o") is null ? null : result.GetValue<string>("-o"),
            new RunSettings
            {
                Parameters = result.GetResult("-p") is null ? [] : [.. result.GetValue<string[]>("-p")!.Select(Pair)],
                CellTimeout = timeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                PrepareOnly = result.GetResult("--prepare-only") is not null && result.GetValue<bool>("--prepare-only"),
            });
    }

    /// <summary>Where the result for a notebook goes.</summary>
    /// <param name="extension">Of a file whose name is taken from the notebook.</param>
    public string Target(string notebook, string extension)
    {
        var name = Path.GetFileNameWithoutExtension(notebook) + extension;
        if (Output is null)
            return Path.Combine(Path.GetDirectoryName(notebook)!, name);
        if (Directory.Exists(Output) || Output.EndsWith('/'))
            return Path.Combine(Output, name);
        return Notebooks.Count == 1
            ? Output
            : throw new UserException($"there are {Notebooks.Count} notebooks, but '{Output}' is one file; name a folder: {Output}/");
    }

    private static KeyValuePair<string, string> Pair(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at > 0
            ? KeyValuePair.Create(text[..at].Trim(), text[(at + 1)..])
            : throw new UserException($"a parameter is written name=value, not '{Excerpt.Of(text)}'.");
    }
}
