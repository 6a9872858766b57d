using System.Runtime.InteropServices;

namespace Research.TextVae.Support;

/// <summary>
/// Requests to stop as a cancellation, so that what was done so far is written: Ctrl+C, a polite kill, a terminal that closes (SIGHUP), and
/// SIGUSR1, by which batch systems announce the end of a job's time. A second Ctrl+C or kill ends the process at once.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations;

    public StopSignals()
    {
        _registrations = [Register(PosixSignal.SIGINT, insist: true), Register(PosixSignal.SIGTERM, insist: true),
            Register(PosixSignal.SIGHUP)];
        // .NET has no name for it, and its number is the system's own.
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
            _registrations.Add(Register((PosixSignal)(OperatingSystem.IsLinux() ? 10 : 30)));
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Stops when the input ends, as it does with the process that writes it.</summary>
    public void StopAtEndOf(TextReader input)
    {
        new Thread(Wait) { IsBackground = true }.Start();

        void Wait()
        {
            while (input.Read() >= 0)
            {
            }

            try
            {
                _source.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has come to its own end.
            }
        }
    }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal, bool insist = false) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = !insist || !_source.IsCancellationRequested;
            _source.Cancel();
        });
}
