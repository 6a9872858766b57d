using System.Globalization;
using System.IO.Enumeration;
using System.Text.Json.Nodes;
using Research.TextVae.Notebooks.Engine;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Jupyter;

/// <summary>What a kernel answers to the messages of the Jupyter protocol 5.3, whatever carries them.</summary>
internal sealed class KernelSession : IDisposable
{
    private readonly JupyterSignature _signature;
    private readonly string _session = Guid.NewGuid().ToString("N");
    private readonly string _version;
    private readonly CellEngine _engine = new(Environment.CurrentDirectory);
    private readonly IMessageSocket _shell;
    private readonly IMessageSocket _control;
    private readonly IMessageSocket _publish;
    private readonly List<(int Line, string Code)> _history = [];
    private readonly Lock _interrupting = new();
    private CancellationTokenSource? _interrupt;
    private volatile PublishedOutput? _output;
    private volatile bool _isEnding;
    private int _count;

    /// <param name="key">What signs the messages; not empty.</param>
    /// <param name="version">Of this program.</param>
    public KernelSession(byte[] key, string version, IMessageSocket shell, IMessageSocket control, IMessageSocket publish)
    {
        (_signature, _version) = (new JupyterSignature(key), version);
        (_shell, _control, _publish) = (shell, control, publish);
    }

    /// <summary>Set when the front end has said to shut down and was answered.</summary>
    public ManualResetEventSlim Ended { get; } = new();

    /// <summary>Answers a message on the shell channel.</summary>
    public void ReceiveShell(List<byte[]> frames) => Dispatch(_shell, frames, HandleShell);

    /// <summary>Answers a message on the control channel.</summary>
    public void ReceiveControl(List<byte[]> frames) => Dispatch(_control, frames, HandleControl);

    /// <summary>Stops the cell that is running.</summary>
    public void Interrupt()
    {
        lock (_interrupting)
            _interrupt?.Cancel();
    }

    /// <summary>Sends what the latest cell has printed.</summary>
    public void Flush() => _output?.Flush();

    /// <inheritdoc/>
    public void Dispose()
    {
        _engine.Dispose();
        Ended.Dispose();
    }

    private void Dispatch(IMessageSocket socket, List<byte[]> frames, Action<JupyterMessage> handle)
    {
        if (JupyterMessage.Of(frames, _signature) is not { } message)
        {
            Console.Error.WriteLine(
                "A message that is malformed, too large, sent before or not signed with this kernel's key was ignored.");
            return;
        }

        Publish(message, "status", new JsonObject { ["execution_state"] = "busy" });
        try
        {
            handle(message);
        }
#pragma warning disable CA1031 // A defect in one request must not end the kernel, with all variables in it.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            Console.Error.WriteLine(Excerpt.Printable(defect.ToString()));
            Reply(socket, message, new JsonObject
            {
                ["status"] = "error",
                ["ename"] = defect.GetType().Name,
                ["evalue"] = defect.Message,
                ["traceback"] = new JsonArray(defect.ToString()),
            });
        }

        Publish(message, "status", new JsonObject { ["execution_state"] = "idle" });
        if (_isEnding)
            Ended.Set();
    }

    private void HandleControl(JupyterMessage message)
    {
        switch (message.Type)
        {
            case "interrupt_request":
                Interrupt();
                Reply(_control, message, Ok());
                break;
            case "shutdown_request":
                Reply(_control, message, Ok(("restart", message.Content["restart"]?.DeepClone() ?? false)));
                _isEnding = true;
                break;
            case "kernel_info_request":
                Reply(_control, message, KernelInfo());
                break;
        }
    }

    private void HandleShell(JupyterMessage message)
    {
        switch (message.Type)
        {
            case "execute_request":
                Execute(message);
                break;
            case "complete_request":
                Reply(_shell, message, Complete(message));
                break;
            case "inspect_request":
                Reply(_shell, message, Inspect(message));
                break;
            case "is_complete_request":
                var status = CodeAssistant.Completeness(Text(message, "code"));
                Reply(_shell, message,
                    status == "incomplete"
                        ? new JsonObject { ["status"] = status, ["indent"] = "" }
                        : new JsonObject { ["status"] = status });
                break;
            case "kernel_info_request":
                Reply(_shell, message, KernelInfo());
                break;
            case "history_request":
                Reply(_shell, message, Ok(("history", History(message))));
                break;
            case "comm_info_request":
                Reply(_shell, message, Ok(("comms", new JsonObject())));
                break;
            case "comm_open":
                // There is nobody here to talk to; the front end is told so.
                Publish(message, "comm_close", new JsonObject
                {
                    ["comm_id"] = message.Content["comm_id"]?.DeepClone(),
                    ["data"] = new JsonObject(),
                });
                break;
            case "shutdown_request":
                Reply(_shell, message, Ok(("restart", message.Content["restart"]?.DeepClone() ?? false)));
                _isEnding = true;
                break;
        }
    }

    private void Execute(JupyterMessage message)
    {
        var code = Text(message, "code");
        var silent = Flag(message, "silent");
        // What is not stored is not counted.
        var stored = !silent
            && (message.Content["store_history"] is not JsonValue store || !store.TryGetValue<bool>(out var wanted) || wanted);
        if (stored)
            _history.Add((++_count, code));
        if (!silent)
            Publish(message, "execute_input", new JsonObject { ["code"] = code, ["execution_count"] = _count });

        using var interrupt = new CancellationTokenSource();
        lock (_interrupting)
            _interrupt = interrupt;
        // Front ends that a person uses can ask for input; what executes a notebook to store it says that it cannot.
        var output = new PublishedOutput(
            (type, content) => Publish(message, type, content), silent ? null : _count, isWatched: Flag(message, "allow_stdin"));
        _output = output;
        var result = _engine.Execute(code, string.Create(CultureInfo.InvariantCulture, $"cell {_count}"), output, interrupt.Token);
        output.Flush();
        var expressions = result.Error is null ? Expressions(message, interrupt.Token) : [];
        lock (_interrupting)
            _interrupt = null;

        if (result.Error is not { } error)
        {
            Reply(_shell, message, Ok(("execution_count", _count), ("payload", new JsonArray()), ("user_expressions", expressions)));
            return;
        }

        var content = Described(error);
        Publish(message, "error", Described(error));
        content["status"] = "error";
        content["execution_count"] = _count;
        // What came before the reply was sent without knowing of the error.
        var waiting = message.Content["stop_on_error"] is JsonValue stop && stop.TryGetValue<bool>(out var stops) && !stops
            ? []
            : Waiting().ToList();
        Reply(_shell, message, content);
        waiting.ForEach(Abort);
    }

    // Each with its value as the front end would show it, or with its error.
    private JsonObject Expressions(JupyterMessage message, CancellationToken interrupt)
    {
        var answers = new JsonObject();
        foreach (var (name, expression) in message.Content["user_expressions"] as JsonObject ?? [])
        {
            var value = new ExpressionValue();
            var code = expression is JsonValue given && given.TryGetValue<string>(out var text) ? text : "";
            var result = _engine.Execute(code, $"expression {Excerpt.Of(name)}", value, interrupt);
            if (result.Error is { } error)
            {
                answers[name] = Described(error);
                answers[name]!["status"] = "error";
                continue;
            }

            answers[name] = Ok(("data", value.Data), ("metadata", new JsonObject()));
        }

        return answers;
    }

    private static JsonObject Described(CellError error) => new()
    {
        ["ename"] = error.Name,
        ["evalue"] = error.Message,
        ["traceback"] = new JsonArray([.. error.Trace.Select(line => JsonValue.Create(line))]),
    };

    private IEnumerable<List<byte[]>> Waiting()
    {
        while (_shell.Receive(wait: false) is { } frames)
            yield return frames;
    }

    // The cells that the front end has queued behind one that failed are not run; its questions are answered.
    private void Abort(List<byte[]> frames) => Dispatch(_shell, frames, request =>
    {
        if (request.Type == "execute_request")
            Reply(_shell, request, new JsonObject { ["status"] = "aborted", ["execution_count"] = _count });
        else
            HandleShell(request);
    });

    private JsonObject Complete(JupyterMessage message)
    {
        var code = Text(message, "code");
        var found = _engine.Assistant.Complete(code, CodePoints.ToUtf16(code, Number(message, "cursor_pos", int.MaxValue)));
        var (start, end) = (CodePoints.FromUtf16(code, found.Start), CodePoints.FromUtf16(code, found.End));
        var types = found.Items.Select(item => (JsonNode)new JsonObject
        {
            ["start"] = start,
            ["end"] = end,
            ["text"] = item.Text,
            ["type"] = item.Kind,
        });
        return Ok(
            ("matches", new JsonArray([.. found.Items.Select(item => JsonValue.Create(item.Text))])),
            ("cursor_start", start),
            ("cursor_end", end),
            ("metadata", new JsonObject { ["_jupyter_types_experimental"] = new JsonArray([.. types]) }));
    }

    private JsonObject Inspect(JupyterMessage message)
    {
        var code = Text(message, "code");
        var text = _engine.Assistant.Inspect(code, CodePoints.ToUtf16(code, Number(message, "cursor_pos", 0)));
        var data = new JsonObject();
        if (text is not null)
            data[MimeBundle.PlainText] = text;
        return Ok(("found", text is not null), ("data", data), ("metadata", new JsonObject()));
    }

    // Of this session only; the last n for "tail", a range, or those that a pattern of * and ? fits, each once if so asked.
    private JsonArray History(JupyterMessage message)
    {
        IEnumerable<(int Line, string Code)> entries = _history;
        entries = message.Content["hist_access_type"]?.ToString() switch
        {
            "range" => entries.Where(e => e.Line >= Number(message, "start", 0) && e.Line < Number(message, "stop", int.MaxValue)),
            "search" => Matching(entries).TakeLast(Number(message, "n", int.MaxValue)),
            _ => entries.TakeLast(Number(message, "n", int.MaxValue)),
        };
        return new JsonArray(
            [.. entries.Select(e => new JsonArray(0, e.Line, Flag(message, "output") ? new JsonArray(e.Code, null) : e.Code))]);

        IEnumerable<(int Line, string Code)> Matching(IEnumerable<(int Line, string Code)> all)
        {
            var pattern = message.Content["pattern"]?.ToString() ?? "*";
            var found = all.Where(e => FileSystemName.MatchesSimpleExpression(pattern, e.Code));
            return Flag(message, "unique") ? found.Reverse().DistinctBy(e => e.Code).Reverse() : found;
        }
    }

    private JsonObject KernelInfo() => Ok(
        ("protocol_version", JupyterMessage.ProtocolVersion),
        ("implementation", "textvae"),
        ("implementation_version", _version),
        ("language_info", KernelSpec.LanguageInfo()),
        ("banner", $"textvae {_version}: C# with state, completion and interrupts"),
        ("help_links", new JsonArray()));

    private void Reply(IMessageSocket socket, JupyterMessage request, JsonObject content) =>
        socket.Send(request.Answer(request.Type.Replace("_request", "_reply", StringComparison.Ordinal), content, _session)
            .ToFrames(_signature));

    private void Publish(JupyterMessage cause, string type, JsonObject content) =>
        _publish.Send(cause.Answer(type, content, _session, toAll: true).ToFrames(_signature));

    private static JsonObject Ok(params ReadOnlySpan<(string Key, JsonNode? Value)> members)
    {
        var content = new JsonObject { ["status"] = "ok" };
        foreach (var (key, value) in members)
            content[key] = value;
        return content;
    }

    private static string Text(JupyterMessage message, string key) =>
        message.Content[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    private static bool Flag(JupyterMessage message, string key) =>
        message.Content[key] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    private static int Number(JupyterMessage message, string key, int otherwise) =>
        message.Content[key] is JsonValue value && value.TryGetValue<int>(out var number) ? number : otherwise;

    /// <summary>Keeps the value of an expression; what it writes on the way is not asked for.</summary>
    private sealed class ExpressionValue : ICellOutput
    {
        public JsonObject Data { get; private set; } = [];

        public void Stream(string name, string text)
        {
        }

        public void Display(MimeBundle bundle, string displayId)
        {
        }

        public void UpdateDisplay(MimeBundle bundle, string displayId)
        {
        }

        public void Result(MimeBundle bundle) => Data = (JsonObject)bundle.Data.DeepClone();
    }
}
