using System.Text.Json.Nodes;
using Research.TextVae.Notebooks.Engine;

namespace Research.TextVae.Notebooks.Documents;

/// <summary>The outputs of a cell as they are stored in the notebook. One collector serves all cells, since a cell can update what an
/// earlier one displayed.</summary>
internal sealed class OutputCollector : ICellOutput
{
    private readonly Dictionary<string, JsonObject> _displayed = [];
    private readonly System.Text.StringBuilder _stream = new();
    private string? _streamName;
    private JsonArray _outputs = [];
    private int _count;

    /// <summary>Begins a new cell.</summary>
    public void Begin(int executionCount)
    {
        lock (_displayed)
            (_outputs, _count) = ([], executionCount);
    }

    /// <summary>What the cell has produced; later updates of what it displayed change it.</summary>
    public JsonArray Take()
    {
        lock (_displayed)
        {
            EndStream();
            return _outputs;
        }
    }

    public void Stream(string name, string text)
    {
        lock (_displayed)
        {
            if (_streamName != name)
                EndStream();
            _streamName = name;
            _stream.Append(text);
        }
    }

    public void Display(MimeBundle bundle, string displayId)
    {
        lock (_displayed)
            _displayed[displayId] = Add(new JsonObject
            {
                ["data"] = Stored(bundle),
                ["metadata"] = new JsonObject(),
                ["output_type"] = "display_data",
            });
    }

    public void UpdateDisplay(MimeBundle bundle, string displayId)
    {
        lock (_displayed)
        {
            if (_displayed.TryGetValue(displayId, out var output))
                output["data"] = Stored(bundle);
        }
    }

    public void Result(MimeBundle bundle)
    {
        lock (_displayed)
            Add(new JsonObject
            {
                ["data"] = Stored(bundle),
                ["execution_count"] = _count,
                ["metadata"] = new JsonObject(),
                ["output_type"] = "execute_result",
            });
    }

    public void Error(CellError error)
    {
        lock (_displayed)
        {
            Add(new JsonObject
            {
                ["ename"] = error.Name,
                ["evalue"] = error.Message,
                ["output_type"] = "error",
                ["traceback"] = new JsonArray([.. error.Trace.Select(line => JsonValue.Create(line))]),
            });
        }
    }

    private JsonObject Add(JsonObject output)
    {
        EndStream();
        _outputs.Add(output);
        return output;
    }

    private void EndStream()
    {
        if (_streamName is null)
            return;
        _outputs.Add(new JsonObject
        {
            ["name"] = _streamName,
            ["output_type"] = "stream",
            ["text"] = NotebookCell.Lines(_stream.ToString()),
        });
        _stream.Clear();
        _streamName = null;
    }

    // The HTML of a figure is left out: it may bring plotly.js along, and code-hosting sites would prefer it to the picture but not run
    // its script. The figure's JSON stays for front ends that draw it, and for comparison.
    private static JsonObject Stored(MimeBundle bundle) =>
        new(bundle.Data.Where(entry => entry.Key != MimeBundle.Html || !bundle.Data.ContainsKey(MimeBundle.Plotly))
            .OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry =>
        KeyValuePair.Create(entry.Key, entry.Value is JsonValue value && value.TryGetValue<string>(out var text) && !IsBinary(entry.Key)
            ? NotebookCell.Lines(text)
            : entry.Value?.DeepClone())));

    private static bool IsBinary(string mimeType) =>
        mimeType.StartsWith("image/", StringComparison.Ordinal) && !mimeType.EndsWith("+xml", StringComparison.Ordinal);
}
