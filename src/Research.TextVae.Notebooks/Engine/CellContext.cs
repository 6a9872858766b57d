using Microsoft.DotNet.Interactive;

namespace Research.TextVae.Notebooks.Engine;

/// <summary>The execution of one cell, as seen from its code and from every thread and task it starts.</summary>
internal sealed class CellContext(CellEngine engine, ICellOutput output, CancellationToken cancellation)
{
    private static readonly AsyncLocal<CellContext?> Flowing = new();
    private static readonly AsyncLocal<bool> IsOutside = new();
    private static volatile CellContext? _running;
    private static volatile CellContext? _latest;
    private readonly Lock _gate = new();
    private Exception? _failure;
    private bool _hasEnded;

    /// <summary>That of the calling code; of a thread that LibTorch started, the one that is running; null outside of cells.</summary>
    public static CellContext? Current => Flowing.Value ?? (IsOutside.Value ? null : _running);

    public CellEngine Engine { get; } = engine;

    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>What the cell's code knows this by.</summary>
    public KernelInvocationContext Invocation { get; } = new(cancellation);

    /// <summary>The calling thread, and those that it starts, are the host's: what they write and throw is no cell's.</summary>
    public static void StayOutside() => IsOutside.Value = true;

    /// <summary>Gives what a thread has thrown and nobody caught to its cell, or to the latest.</summary>
    /// <returns>Whether there is one.</returns>
    public static bool Take(Exception exception)
    {
        if ((Current ?? (IsOutside.Value ? null : _latest)) is not { } cell)
            return false;
        cell.Fail(exception);
        return true;
    }

    public void Enter() => Flowing.Value = _latest = _running = this;

    public void Leave()
    {
        if (End() is { } failure)
            Tell(failure);
        if (_running == this)
            _running = null;
        Flowing.Value = null;
    }

    /// <summary>What the first of the cell's own threads that failed has thrown, or null.</summary>
    public Exception? End()
    {
        lock (_gate)
        {
            _hasEnded = true;
            var failure = _failure;
            _failure = null;
            return failure;
        }
    }

    public void Write(Action<ICellOutput> write)
    {
        lock (_gate)
            write(output);
    }

    // The first makes the cell an error; one after it, or after the cell's end, can only be told.
    private void Fail(Exception exception)
    {
        lock (_gate)
        {
            if (!_hasEnded && _failure is null)
            {
                _failure = exception;
                return;
            }
        }

        Tell(exception);
    }

    private void Tell(Exception exception) =>
        Write(o => o.Stream("stderr", $"A thread of a cell ended with {exception.GetType().Name}: {exception.Message}\n"));
}
