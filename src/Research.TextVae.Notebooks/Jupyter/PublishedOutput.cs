using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Research.TextVae.Notebooks.Engine;

namespace Research.TextVae.Notebooks.Jupyter;

/// <summary>
/// What a cell produces, sent to all front ends in its order. Text leaves at once when none has left for a while, so that the last words
/// before a crash are seen, and is joined to larger pieces otherwise: a million printed lines are some hundred messages.
/// </summary>
/// <param name="publish">Sends a message of a type.</param>
/// <param name="count">The cell's number; null for one whose value is not asked for.</param>
/// <param name="isWatched">Whether a person uses the front end.</param>
internal sealed class PublishedOutput(Action<string, JsonObject> publish, int? count, bool isWatched) : ICellOutput
{
    private const int Piece = 1 << 15; // characters
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private string _stream = "";
    private long _sent;
    private bool _isDue;

    public bool IsWatched => isWatched;

    public void Stream(string name, string text)
    {
        lock (_gate)
        {
            if (name != _stream)
                Flush();
            _stream = name;
            _text.Append(text);
            if (_text.Length >= Piece || Stopwatch.GetElapsedTime(_sent) >= Pause)
                Flush();
            if (_text.Length == 0 || _isDue)
                return;
            _isDue = true;
            _ = Task.Delay(Pause).ContinueWith(_ => Flush(), TaskScheduler.Default);
        }
    }

    public void Display(MimeBundle bundle, string displayId) => Publish("display_data", Shown(bundle, displayId));

    public void UpdateDisplay(MimeBundle bundle, string displayId) => Publish("update_display_data", Shown(bundle, displayId));

    public void Result(MimeBundle bundle)
    {
        if (count is { } number)
            Publish("execute_result", new JsonObject
            {
                ["execution_count"] = number,
                ["data"] = bundle.Data.DeepClone(),
                ["metadata"] = new JsonObject(),
            });
    }

    /// <summary>Sends the text that waits for more.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            _isDue = false;
            if (_text.Length == 0)
                return;
            publish("stream", new JsonObject { ["name"] = _stream, ["text"] = _text.ToString() });
            _text.Clear();
            _sent = Stopwatch.GetTimestamp();
        }
    }

    private void Publish(string type, JsonObject content)
    {
        lock (_gate)
        {
            Flush();
            publish(type, content);
        }
    }

    private static JsonObject Shown(MimeBundle bundle, string id) => new()
    {
        ["data"] = bundle.Data.DeepClone(),
        ["metadata"] = new JsonObject(),
        ["transient"] = new JsonObject { ["display_id"] = id },
    };
}
