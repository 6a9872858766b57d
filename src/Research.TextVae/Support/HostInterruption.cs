using System.Linq.Expressions;

namespace Research.TextVae.Support;

/// <summary>
/// An interactive host's request to stop what its user started. Training, evaluation and decoding check for it between two steps, so that
/// a cell of a notebook can be interrupted although its code passes no token.
/// </summary>
public static class HostInterruption
{
    [ThreadStatic]
    private static CancellationToken _token;

    private static readonly Lazy<Func<CancellationToken>?> InteractiveToken = new(FindInteractive);

    /// <summary>The token of the host on the calling thread: the one that <see cref="Watch"/> was given, or that of .NET Interactive's
    /// cell.</summary>
    public static CancellationToken Token => _token.CanBeCanceled ? _token : InteractiveToken.Value?.Invoke() ?? CancellationToken.None;

    /// <summary>Watches a token on the calling thread from now on; <see cref="CancellationToken.None"/> for none.</summary>
    public static void Watch(CancellationToken token) => _token = token;

    /// <summary>Ends the running computation when the host's user has interrupted it.</summary>
    /// <exception cref="OperationCanceledException">He or she does.</exception>
    public static void Check() => Token.ThrowIfCancellationRequested();

    // KernelInvocationContext.Current?.CancellationToken, without a reference to a host that most programs do not have.
    private static Func<CancellationToken>? FindInteractive()
    {
        if (InteractiveHost.Current is not { } current || current.PropertyType.GetProperty("CancellationToken") is not { } token)
            return null;
        var here = Expression.Variable(current.PropertyType);
        return Expression.Lambda<Func<CancellationToken>>(Expression.Block(
            [here],
            Expression.Assign(here, Expression.Property(null, current)),
            Expression.Condition(Expression.Equal(here, Expression.Constant(null)), Expression.Default(typeof(CancellationToken)),
                Expression.Property(here, token)))).Compile();
    }
}
