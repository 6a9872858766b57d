using System.Globalization;
using System.Runtime.InteropServices;
using Research.TextVae.Notebooks.Documents;
using Research.TextVae.Notebooks.Engine;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Jupyter;

/// <summary>A C# kernel that speaks the Jupyter protocol 5.3 (<see cref="KernelSession"/>) over libzmq.</summary>
#pragma warning disable CA1001 // It lives as long as its process, and a socket may not be closed while another thread receives from it.
public sealed class JupyterKernel
#pragma warning restore CA1001
{
    private static readonly TimeSpan ParentCheck = TimeSpan.FromSeconds(2);

    private readonly ConnectionFile _connection;
    private readonly KernelSession _session;
    private readonly nint _context;
    private readonly ZmqSocket _shell;
    private readonly ZmqSocket _control;
    private readonly ZmqSocket _publish;
    private readonly ZmqSocket _heartbeat;
    private readonly ZmqSocket _stdin;

    private JupyterKernel(ConnectionFile connection, string version)
    {
        _connection = connection;
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
        _session = new KernelSession(connection.Key, version, _shell, _control, _publish);
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
            kernel._session.Interrupt();
        });
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            kernel._session.Ended.Set();
        });
        kernel.Serve();
    }

    private void Serve()
    {
        Start("heartbeat", Echo);
        Start("control", () => Receive(_control, _session.ReceiveControl));
        Start("shell", () => Receive(_shell, _session.ReceiveShell));
        Start("warm-up", WarmUp);
        while (!_session.Ended.Wait(ParentCheck))
        {
            if (IsOrphan())
                break;
        }

        // A cell that is running in native code does not end; the process does. What was sent has a moment to leave.
        _session.Interrupt();
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

    private static void Receive(ZmqSocket socket, Action<List<byte[]>> handle)
    {
        while (socket.Receive() is { } frames)
            handle(frames);
    }

    // The front end names itself; when it was killed nobody will say shutdown.
    private static bool IsOrphan() =>
        OperatingSystem.IsLinux()
        && int.TryParse(
            Environment.GetEnvironmentVariable("JPY_PARENT_PID"), NumberStyles.None, CultureInfo.InvariantCulture, out var parent)
        && parent > 1 && !Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{parent}"));
}
