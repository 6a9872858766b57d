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
    private readonly CompositeKernel _root;

    public NotebookHost()
    {
        Directory.SetCurrentDirectory(Notebooks);
        _root = new CompositeKernel { new CSharpKernel().UseKernelHelpers().UseValueSharing().UseWho() };
        _root.DefaultKernelName = "csharp";
        _root.UseImportMagicCommand();
    }

    public static string Checkout { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(File())!, "..", ".."));

    public static string Notebooks { get; } = Path.Combine(Checkout, "notebooks");

    /// <summary>The code cells of a notebook.</summary>
    public static IReadOnlyList<StoredCell> CellsOf(string notebook) =>
    [
        .. JsonNode.Parse(System.IO.File.ReadAllText(notebook))!["cells"]!.AsArray()
            .Where(cell => (string)cell!["cell_type"]! == "code").Select(cell => new StoredCell(cell!.AsObject())),
    ];

    /// <summary>Runs a cell to its end.</summary>
    public async Task<CellOutcome> Run(string code)
    {
        var result = await _root.SendAsync(new SubmitCode(code));
        var updated = result.Events.OfType<DisplayedValueUpdated>().ToList();
        var shown = result.Events.OfType<DisplayEvent>().Except(updated).ToList();
        var changing = updated.Select(update => update.ValueId).ToHashSet();
        return new(
            string.Concat(result.Events.OfType<StandardOutputValueProduced>().SelectMany(output => output.FormattedValues)
                .Select(value => value.Value)),
            [.. shown.Where(output => output is not (StandardOutputValueProduced or StandardErrorValueProduced))
                .Where(output => output.ValueId is not { } id || !changing.Contains(id)).Select(Formats)],
            string.Concat(result.Events.OfType<DisplayEvent>().SelectMany(output => output.FormattedValues)
                .Where(value => value.MimeType is "text/plain" or "text/html").Select(value => value.Value)),
            result.Events.OfType<CommandFailed>().FirstOrDefault()?.Message,
            updated.Count);
    }

    /// <summary>Interrupts what runs, as the stop button of a cell does.</summary>
    public Task Cancel() => _root.SendAsync(new Cancel());

    public void Dispose() => _root.Dispose();

    private static JsonObject Formats(DisplayEvent shown) =>
        new(shown.FormattedValues.Select(value => KeyValuePair.Create(value.MimeType, (JsonNode?)value.Value)));

    private static string File([CallerFilePath] string file = "") => file;
}

/// <param name="Printed">What the cell wrote to its standard output.</param>
/// <param name="Displayed">What it displayed for good, by format.</param>
/// <param name="Shown">Everything that was seen of it, as text or markup.</param>
/// <param name="Failure">Why the cell failed, if it did.</param>
/// <param name="Updates">How often something shown was replaced.</param>
internal sealed record CellOutcome(string Printed, IReadOnlyList<JsonObject> Displayed, string Shown, string? Failure, int Updates);

/// <summary>A code cell of a notebook file.</summary>
internal sealed class StoredCell(JsonObject json)
{
    public string Code => Text(json["source"]);

    public bool IsParameters => HasTag("parameters");

    public bool IsInjected => HasTag("injected-parameters");

    /// <summary>What is stored of its standard output.</summary>
    public string Printed =>
        string.Concat(Outputs.Where(output => (string?)output["name"] == "stdout").Select(output => Text(output["text"])));

    /// <summary>What it displayed, by format; text that is stored as lines is joined.</summary>
    public IReadOnlyList<JsonObject> Displayed =>
    [
        .. Outputs.Select(output => output["data"]).OfType<JsonObject>().Select(data => new JsonObject(data.Select(format =>
            KeyValuePair.Create(format.Key, format.Value is JsonArray lines ? Text(lines) : format.Value?.DeepClone())))),
    ];

    private IEnumerable<JsonObject> Outputs => json["outputs"]!.AsArray().OfType<JsonObject>();

    private static string Text(JsonNode? lines) =>
        lines is JsonArray all ? string.Concat(all.Select(line => (string)line!)) : (string)lines!;

    private bool HasTag(string tag) => json["metadata"]?["tags"] is JsonArray tags && tags.Any(own => (string)own! == tag);
}
