using System.Text.Json.Nodes;

namespace Research.TextVae.Notebooks.Documents;

/// <summary>One cell of a notebook, a view of its JSON.</summary>
public sealed class NotebookCell
{
    internal NotebookCell(JsonObject json) => Json = json;

    /// <summary>The cell as it stands in the notebook.</summary>
    public JsonObject Json { get; }

    /// <summary><c>code</c>, <c>markdown</c> or <c>raw</c>.</summary>
    public string Type => Json["cell_type"]!.GetValue<string>();

    /// <summary>Whether the cell is a code cell.</summary>
    public bool IsCode => Type == "code";

    /// <summary>The code or text of the cell, with line feeds.</summary>
    public string Source => Text(Json["source"]);

    /// <summary>The <c>metadata</c> of the cell.</summary>
    public JsonObject Metadata => (JsonObject)Json["metadata"]!;

    /// <summary>The outputs of a code cell.</summary>
    public JsonArray Outputs
    {
        get => (JsonArray)Json["outputs"]!;
        set => Json["outputs"] = value;
    }

    /// <summary>In which order the code cells were run, or null for one that was not.</summary>
    public int? ExecutionCount
    {
        get => Json["execution_count"] is JsonValue value && value.TryGetValue<int>(out var count) ? count : null;
        set => Json["execution_count"] = value;
    }

    /// <summary>The tags of the cell, such as <c>parameters</c>.</summary>
    public IEnumerable<string> Tags => Metadata["tags"] is JsonArray tags ? tags.Select(tag => tag?.ToString() ?? "") : [];

    /// <summary>The language of a code cell, in .NET Interactive's names.</summary>
    public string Language => NameIn("polyglot_notebook", "kernelName") ?? NameIn("dotnet_interactive", "language") ?? "csharp";

    /// <summary>Text as Jupyter stores it: as one string, or as a list of lines that keep their ends.</summary>
    public static string Text(JsonNode? node) =>
        node is JsonArray lines ? string.Concat(lines.Select(line => line?.ToString())) : node?.ToString() ?? "";

    /// <summary>Text as a list of lines that keep their ends.</summary>
    public static JsonArray Lines(string text)
    {
        var lines = new JsonArray();
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = text.IndexOf('\n', start) is >= 0 and var at ? at + 1 : text.Length;
            lines.Add(JsonValue.Create(text[start..end]));
        }

        return lines;
    }

    /// <summary>Why this JSON is not a cell, or null if it is one.</summary>
    internal static string? Mistake(JsonNode? node) => node switch
    {
        not JsonObject => "it is not an object",
        JsonObject json when json["cell_type"] is not JsonValue value || !value.TryGetValue<string>(out var type)
            || type is not ("code" or "markdown" or "raw")
            => "its cell_type is not code, markdown or raw",
        JsonObject json when json["source"] is not (JsonValue or JsonArray) => "it has no source",
        JsonObject json when json["metadata"] is not JsonObject => "it has no metadata",
        JsonObject json when json["cell_type"]!.ToString() == "code" && json["outputs"] is not JsonArray => "it has no list of outputs",
        _ => null,
    };

    private string? NameIn(string section, string key) => (Metadata[section] as JsonObject)?[key]?.ToString();
}
