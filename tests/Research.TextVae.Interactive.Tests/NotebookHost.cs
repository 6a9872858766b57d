using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Events;

namespace Research.TextVae.Interactive.Tests;

/// <summary>The C# kernel of .NET Interactive, as VS Code's Polyglot Notebooks run it, in the folder of the notebooks.</summary>
internal sealed class NotebookHost : IDisposable
{
    private readonly CompositeKernel root;

    public NotebookHost()
    {
        Directory.SetCurrentDirectory(Notebooks);
        root = new CompositeKernel { new CSharpKernel().UseKernelHelpers().UseValueSharing().UseWho() };
        root.DefaultKernelName = "csharp";
        root.UseImportMagicCommand();
    }

    public static string Notebooks { get; } = Path.Combine(Checkout(), "notebooks");

    /// <summary>The code cells of a notebook.</summary>
    public static IReadOnlyList<(string Code, bool IsParameters)> CellsOf(string notebook) =>
    [
        .. JsonNode.Parse(File.ReadAllText(Path.Combine(Notebooks, notebook)))!["cells"]!.AsArray()
            .Where(cell => (string)cell!["cell_type"]! == "code")
            .Select(cell => (
                string.Concat(cell!["source"]!.AsArray().Select(line => (string)line!)),
                cell["metadata"]?["tags"] is JsonArray tags && tags.Any(tag => (string)tag! == "parameters"))),
    ];

    /// <summary>Runs a cell to its end.</summary>
    public async Task<CellOutcome> Run(string code)
    {
        var result = await root.SendAsync(new SubmitCode(code));
        return new(
            string.Concat(result.Events.OfType<DisplayEvent>().SelectMany(shown => shown.FormattedValues)
                .Where(value => value.MimeType is "text/plain" or "text/html").Select(value => value.Value)),
            result.Events.OfType<CommandFailed>().FirstOrDefault()?.Message,
            result.Events.OfType<DisplayedValueUpdated>().Count());
    }

    /// <summary>Interrupts what runs, as the stop button of a cell does.</summary>
    public Task Cancel() => root.SendAsync(new Cancel());

    public void Dispose() => root.Dispose();

    private static string Checkout([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}

/// <param name="Shown">What the cell displayed.</param>
/// <param name="Failure">Why it failed, if it did.</param>
/// <param name="Updates">How often something shown was replaced.</param>
internal sealed record CellOutcome(string Shown, string? Failure, int Updates);
