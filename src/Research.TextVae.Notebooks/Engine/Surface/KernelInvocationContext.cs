using Research.TextVae.Notebooks.Engine;

namespace Microsoft.DotNet.Interactive;

/// <summary>The execution of the cell that asks.</summary>
public sealed class KernelInvocationContext
{
    internal KernelInvocationContext(CancellationToken cancellation) => CancellationToken = cancellation;

    /// <summary>Null where no cell is running.</summary>
    public static KernelInvocationContext? Current => CellContext.Current?.Invocation;

    /// <summary>Cancelled when the cell is interrupted; a long computation that watches it ends in good order.</summary>
    public CancellationToken CancellationToken { get; }
}
