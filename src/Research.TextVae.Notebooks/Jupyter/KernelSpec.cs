using System.Text.Json.Nodes;
using Research.TextVae.Notebooks.Documents;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Jupyter;

/// <summary>The file by which Jupyter finds the kernel and starts it.</summary>
public static class KernelSpec
{
    /// <summary>The name that notebooks of .NET Interactive ask for, so that the same file runs under either.</summary>
    public const string DefaultName = ".net-csharp";

    /// <summary>Where the user's own kernels are.</summary>
    public static string UserFolder => Path.Combine(
        Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } configured
            ? configured
            : Path.Combine(Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data
            ? data
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share"), "jupyter"),
        "kernels");

    /// <summary>The kernels under a prefix such as <c>/usr/local</c>.</summary>
    public static string FolderUnder(string prefix) => Path.Combine(Path.GetFullPath(prefix), "share", "jupyter", "kernels");

    /// <summary>Writes the specification.</summary>
    /// <param name="command">Program and first arguments; the connection file follows.</param>
    /// <returns>The file written.</returns>
    /// <exception cref="UserException">The name is not allowed or belongs to another kernel, or the file cannot be written.</exception>
    public static string Install(string kernelsFolder, string name, IEnumerable<string> command)
    {
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
            throw new UserException($"'{name}' cannot be the name of a kernel: letters, digits, '.', '-' and '_' only.");
        var file = Path.Combine(kernelsFolder, name, "kernel.json");
        if (File.Exists(file) && !File.ReadAllText(file).Contains("textvae", StringComparison.Ordinal))
            throw new UserException($"{file} is another program's kernel. Give this one another name: --name textvae-csharp");
        AtomicFile.Write(file, NotebookJson.Write(new JsonObject
        {
            ["argv"] = new JsonArray([.. command.Append("{connection_file}").Select(argument => JsonValue.Create(argument))]),
            ["display_name"] = ".NET (C#) textvae",
            ["language"] = "C#",
            // Messages come through the thread pool, which a cell may have filled; a signal comes beside it.
            ["interrupt_mode"] = OperatingSystem.IsWindows() ? "message" : "signal",
        }));
        return file;
    }

    internal static JsonObject LanguageInfo() => new()
    {
        ["file_extension"] = ".cs",
        ["mimetype"] = "text/x-csharp",
        ["name"] = "C#",
        ["pygments_lexer"] = "csharp",
        ["version"] = "13.0",
    };
}
