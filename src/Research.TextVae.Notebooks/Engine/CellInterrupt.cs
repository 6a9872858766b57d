using System.ComponentModel;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Engine;

/// <summary>What a running cell asks between statements and at every turn of a loop.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CellInterrupt
{
    [ThreadStatic]
    private static CancellationToken _token;

    /// <summary>Ends the cell when it was interrupted.</summary>
    /// <exception cref="OperationCanceledException">It was.</exception>
    public static void Check()
    {
        if (_token.CanBeCanceled)
            _token.ThrowIfCancellationRequested();
        else
            CellContext.Current?.Cancellation.ThrowIfCancellationRequested(); // on a thread that the cell has started
    }

    /// <summary>On the calling thread from now on: in the code of cells, and in the loops of the library.</summary>
    internal static void Watch(CancellationToken token)
    {
        _token = token;
        HostInterruption.Watch(token);
    }
}
