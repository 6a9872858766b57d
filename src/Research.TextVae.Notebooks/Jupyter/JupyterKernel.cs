using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Research.TextVae.Notebooks.Documents;
using Research.TextVae.Notebooks.Engine;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Jupyter;

/// <summary>A C# kernel that speaks the Jupyter protocol 5.3 over libzmq.</summary>
#pragma warning disable CA1001 // It lives as long as its process, and a socket may not be closed while another thread receives from it.
public sealed class JupyterKernel
#pragma warning restore CA1001
{
    private static readonly TimeSpan ParentCheck = TimeSpan.FromSeconds(2);

    private readonly ConnectionFile _connection;
    private readonly string _session = Guid.NewGuid().ToString("N");
    private readonly string _version;
    private readonly CellEngine _engine;
    private readonly List<string> _history = [];
    private readonly nint _context;
    private readonly ZmqSocket _shell;
    private readonly ZmqSocket _control;
    private readonly ZmqSocket _publish;
    private readonly ZmqSocket _heartbeat;
    private readonly ZmqSocket _stdin;
    private readonly ManualResetEventSlim _ended = new();
    private readonly Lock _interrupting = new();
    private CancellationTokenSource? _interrupt;
    private int _count;

    private JupyterKernel(ConnectionFile connection, string version)
    {
        (_connection, _version) = (connection, version);
        try
        {
            _context = ZeroMq.zmq_ctx_new();
        }
        catch (DllNotFoundException missing)
        {
            throw new UserException(missing.Message, missing);
        }

        _shell = new ZmqSocket(_context, ZeroMq.Router, connection.Endpoint(connection.Shell));
        _control = new ZmqSocket(_context, ZeroMq.Router, connection.Endpoint(connection.Control));
        _stdin = new ZmqSocket(_context, ZeroMq.Router, connection.Endpoint(connection.Stdin));
        _publish = new ZmqSocket(_context, ZeroMq.Pub, connection.Endpoint(connection.IoPub));
        _heartbeat = new ZmqSocket(_context, ZeroMq.Rep, connection.Endpoint(connection.Heartbeat));
        _engine = new CellEngine(Environment.CurrentDirectory, live: true);
    }

    /// <summary>Serves a front end until it says to shut down or is gone.</summary>
    /// <param name="connectionFile">What the front end wrote for this kernel.</param>
    /// <param name="version">Of this program.</param>
    /// <exception cref="UserException">The connection file or libzmq is missing or will not do.</exception>
    public static void Run(string connectionFile, string version)
    {
        var kernel = new JupyterKernel(ConnectionFile.Read(connectionFile), version);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            kernel.Interrupt();
        });
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            kernel._ended.Set();
        });
        kernel.Serve();
    }

    private void Serve()
    {
        Start("heartbeat", Echo);
        Start("control", () => Receive(_control, HandleControl));
        Start("shell", () => Receive(_shell, HandleShell));
        Start("warm-up", WarmUp);
        while (!_ended.Wait(ParentCheck))
        {
            if (IsOrphan())
                break;
        }

        // A cell that is running in native code does not end; the process does. What was sent has a moment to leave.
        Interrupt();
        Thread.Sleep(100);
    }

    private static void Start(string name, ThreadStart loop) => new Thread(loop) { IsBackground = true, Name = name }.Start();

    // The compiler is loaded while the user is still writing the first cell.
    private static void WarmUp()
    {
        using var engine = new CellEngine(Environment.CurrentDirectory);
        engine.Execute("1 + 1", "warm-up", new OutputCollector());
    }

    private void Echo()
    {
        while (_heartbeat.Receive() is { } ping)
            _heartbeat.Send([.. ping.Select(frame => (ReadOnlyMemory<byte>)frame)]);
    }

    private void Receive(ZmqSocket socket, Action<JupyterMessage> handle)
    {
        while (socket.Receive() is { } frames)
            Dispatch(socket, frames, handle);
    }

    private void Dispatch(ZmqSocket socket, List<byte[]> frames, Action<JupyterMessage> handle)
    {
        if (JupyterMessage.Of(frames, _connection.Key) is not { } message)
        {
            Console.Error.WriteLine("A message that is malformed or not signed with this kernel's key was ignored.");
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
            Console.Error.WriteLine(defect);
            Reply(socket, message, new JsonObject
            {
                ["status"] = "error",
                ["ename"] = defect.GetType().Name,
                ["evalue"] = defect.Message,
                ["traceback"] = new JsonArray(defect.ToString()),
            });
        }

        Publish(message, "status", new JsonObject { ["execution_state"] = "idle" });
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
                _ended.Set();
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
                _ended.Set();
                break;
        }
    }

    private void Execute(JupyterMessage message)
    {
        var code = Text(message, "code");
        var silent = Flag(message, "silent");
        if (!silent)
        {
            _count++;
            _history.Add(code);
            Publish(message, "execute_input", new JsonObject { ["code"] = code, ["execution_count"] = _count });
        }

        using var interrupt = new CancellationTokenSource();
        lock (_interrupting)
            _interrupt = interrupt;
        var result = _engine.Execute(code, string.Create(CultureInfo.InvariantCulture, $"cell {_count}"),
            new PublishedOutput(this, message, silent), interrupt.Token);
        lock (_interrupting)
            _interrupt = null;

        if (result.Error is not { } error)
        {
            Reply(_shell, message, Ok(("execution_count", _count), ("payload", new JsonArray()), ("user_expressions", new JsonObject())));
            return;
        }

        var content = new JsonObject
        {
            ["ename"] = error.Name,
            ["evalue"] = error.Message,
            ["traceback"] = new JsonArray([.. error.Trace.Select(line => JsonValue.Create(line))]),
        };
        Publish(message, "error", (JsonObject)content.DeepClone());
        content["status"] = "error";
        content["execution_count"] = _count;
        // What came before the reply was sent without knowing of the error.
        var waiting = message.Content["stop_on_error"] is JsonValue stop && stop.TryGetValue<bool>(out var wanted) && !wanted
            ? []
            : Waiting().ToList();
        Reply(_shell, message, content);
        waiting.ForEach(Abort);
    }

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

    // Of this session only; the last n for "tail", a range, or all that a pattern of * and ? fits.
    private JsonArray History(JupyterMessage message)
    {
        var entries = _history.Select((code, i) => (Line: i + 1, Code: code));
        entries = message.Content["hist_access_type"]?.ToString() switch
        {
            "range" => entries.Where(e => e.Line >= Number(message, "start", 0) && e.Line < Number(message, "stop", int.MaxValue)),
            "search" =>
                entries.Where(e => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(message.Content["pattern"]?.ToString()
                    ?? "*", e.Code)).TakeLast(Number(message, "n", int.MaxValue)),
            _ => entries.TakeLast(Number(message, "n", int.MaxValue)),
        };
        return new JsonArray(
            [.. entries.Select(e => new JsonArray(0, e.Line, Flag(message, "output") ? new JsonArray(e.Code, null) : e.Code))]);
    }

    private JsonObject KernelInfo() => Ok(
        ("protocol_version", JupyterMessage.ProtocolVersion),
        ("implementation", "textvae"),
        ("implementation_version", _version),
        ("language_info", KernelSpec.LanguageInfo()),
        ("banner", $"textvae {_version}: C# with state, completion and interrupts"),
        ("help_links", new JsonArray()));

    private void Interrupt()
    {
        lock (_interrupting)
            _interrupt?.Cancel();
    }

    // The front end names itself; when it was killed nobody will say shutdown.
    private static bool IsOrphan() =>
        OperatingSystem.IsLinux()
        && int.TryParse(
            Environment.GetEnvironmentVariable("JPY_PARENT_PID"), NumberStyles.None, CultureInfo.InvariantCulture, out var parent)
        && parent > 1 && !Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{parent}"));

    private void Reply(ZmqSocket socket, JupyterMessage request, JsonObject content) =>
        socket.Send(request.Answer(request.Type.Replace("_request", "_reply", StringComparison.Ordinal), content, _session)
            .ToFrames(_connection.Key));

    private void Publish(JupyterMessage cause, string type, JsonObject content) =>
        _publish.Send(cause.Answer(type, content, _session, toAll: true).ToFrames(_connection.Key));

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

    /// <summary>What a cell produces, sent to all front ends as it is produced.</summary>
    private sealed class PublishedOutput(JupyterKernel kernel, JupyterMessage cause, bool silent) : ICellOutput
    {
        public void Stream(string name, string text) =>
            kernel.Publish(cause, "stream", new JsonObject { ["name"] = name, ["text"] = text });

        public void Display(MimeBundle bundle, string displayId) => kernel.Publish(cause, "display_data", Shown(bundle, displayId));

        public void UpdateDisplay(MimeBundle bundle, string displayId) =>
            kernel.Publish(cause, "update_display_data", Shown(bundle, displayId));

        public void Result(MimeBundle bundle)
        {
            if (!silent)
                kernel.Publish(cause, "execute_result", new JsonObject
                {
                    ["execution_count"] = kernel._count,
                    ["data"] = bundle.Data.DeepClone(),
                    ["metadata"] = new JsonObject(),
                });
        }

        private static JsonObject Shown(MimeBundle bundle, string id) => new()
        {
            ["data"] = bundle.Data.DeepClone(),
            ["metadata"] = new JsonObject(),
            ["transient"] = new JsonObject { ["display_id"] = id },
        };
    }
}
