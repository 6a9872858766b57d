using System.Globalization;
using System.Runtime.InteropServices;
using NetMQ;
using NetMQ.Sockets;
using Research.TextVae.Notebooks.Documents;
using Research.TextVae.Notebooks.Engine;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Jupyter;

/// <summary>A C# kernel that speaks the Jupyter protocol 5.3 (<see cref="KernelSession"/>) over NetMQ.</summary>
#pragma warning disable CA1001 // It lives as long as its process; each channel is closed by the thread that receives from it.
public sealed class JupyterKernel
#pragma warning restore CA1001
{
    private static readonly TimeSpan ParentCheck = TimeSpan.FromSeconds(2);

    // How long the last messages may take to leave.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(0.5);

    private readonly KernelSession _session;
    private readonly ChannelSocket _shell;
    private readonly ChannelSocket _control;
    private readonly ChannelSocket _publish;
    private readonly ChannelSocket _heartbeat;
    private readonly ChannelSocket _stdin;
    private PosixSignalRegistration[] _signals = []; // until the process has ended: a front end interrupts before it shuts down

    private JupyterKernel(ConnectionFile connection, string version)
    {
        _shell = new ChannelSocket(new RouterSocket(), connection.Endpoint(connection.Shell));
        _control = new ChannelSocket(new RouterSocket(), connection.Endpoint(connection.Control));
        _stdin = new ChannelSocket(new RouterSocket(), connection.Endpoint(connection.Stdin));
        _publish = new ChannelSocket(new PublisherSocket(), connection.Endpoint(connection.IoPub));
        _heartbeat = new ChannelSocket(new ResponseSocket(), connection.Endpoint(connection.Heartbeat));
        _session = new KernelSession(connection.Key, version, _shell, _control, _publish);
    }

    /// <summary>Serves a front end until it says to shut down or is gone.</summary>
    /// <param name="connectionFile">What the front end wrote for this kernel.</param>
    /// <param name="version">Of this program.</param>
    /// <exception cref="UserException">The connection file will not do.</exception>
    public static void Run(string connectionFile, string version)
    {
        CellContext.StayOutside();
        var kernel = new JupyterKernel(ConnectionFile.Read(connectionFile), version);
        kernel._signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
            {
                context.Cancel = true;
                kernel._session.Interrupt();
            }),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
            {
                context.Cancel = true;
                kernel._session.Ended.Set();
            }),
        ];
        AppDomain.CurrentDomain.ProcessExit += (_, _) => kernel.Close(); // a cell can end the process too
        kernel.Serve();
    }

    private void Serve()
    {
        Start("heartbeat", () => Receive(_heartbeat, _heartbeat.Send));
        Start("control", () => Receive(_control, _session.ReceiveControl));
        Start("shell", () => Receive(_shell, _session.ReceiveShell));
        Start("stdin", () => Receive(_stdin, _ => { })); // nothing is ever asked for
        Start("warm-up", WarmUp);
        while (!_session.Ended.Wait(ParentCheck))
        {
            if (IsOrphan())
                break;
        }

        _session.Interrupt();
    }

    // What was printed and sent has a moment to leave. A cell that is running in native code does not end; the process does.
    private void Close()
    {
        _session.Flush();
        _publish.Dispose();
        var end = new Thread(() => NetMQConfig.Cleanup()) { IsBackground = true, Name = "end" };
        end.Start();
        end.Join(Farewell);
    }

    private static void Start(string name, ThreadStart loop) => new Thread(loop) { IsBackground = true, Name = name }.Start();

    // The compiler is loaded while the user is still writing the first cell.
    private static void WarmUp()
    {
        using var engine = new CellEngine(Environment.CurrentDirectory);
        engine.Execute("1 + 1", "warm-up", new OutputCollector());
    }

    private static void Receive(ChannelSocket socket, Action<List<byte[]>> handle)
    {
        while (socket.Receive() is { } frames)
            handle(frames);
        socket.Dispose();
    }

    // The front end names itself; when it was killed nobody will say shutdown.
    private static bool IsOrphan() =>
        OperatingSystem.IsLinux()
        && int.TryParse(
            Environment.GetEnvironmentVariable("JPY_PARENT_PID"), NumberStyles.None, CultureInfo.InvariantCulture, out var parent)
        && parent > 1 && !Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{parent}"));
}
