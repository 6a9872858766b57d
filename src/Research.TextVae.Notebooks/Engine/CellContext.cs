using Microsoft.DotNet.Interactive;

namespace Research.TextVae.Notebooks.Engine;

/// <summary>The execution of one cell, as seen from its code and from every thread and task it starts.</summary>
internal sealed class CellContext(CellEngine engine, ICellOutput output, CancellationToken cancellation)
{
    private static readonly AsyncLocal<CellContext?> Flowing = new();
    private static volatile CellContext? _latest;
    private readonly Lock _gate = new();

    /// <summary>That of the calling code; of a thread that LibTorch started, the latest; null outside of cells.</summary>
    public static CellContext? Current => Flowing.Value ?? _latest;

    public CellEngine Engine { get; } = engine;

    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>What the first of the cell's own threads that failed has thrown while the cell ran.</summary>
    public Exception? ThreadFailure { get; private set; }

    /// <summary>What the cell's code knows this by.</summary>
    public KernelInvocationContext Invocation { get; } = new(cancellation);

    public void Enter() => Flowing.Value = _latest = this;

    public void Leave()
    {
        if (_latest == this)
            _latest = null;
        Flowing.Value = null;
    }

    /// <summary>Keeps what a thread of the cell has thrown. After the cell has ended it can only be told.</summary>
    public void Fail(Exception exception)
    {
        lock (_gate)
            ThreadFailure ??= exception;
        if (_latest != this)
            Write(o => o.Stream("stderr", $"A thread of a cell ended with {exception.GetType().Name}: {exception.Message}\n"));
    }

    public void Write(Action<ICellOutput> write)
    {
        lock (_gate)
            write(output);
    }
}
