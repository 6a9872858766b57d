namespace TorchSharp;

/// <summary>The nested dispose scopes of one thread.</summary>
public class DisposeScopeManager
{
    [ThreadStatic]
    private static DisposeScopeManager? current;

    internal static DisposeScopeManager ThreadSingleton => current ??= new DisposeScopeManager();

    public static ThreadDisposeScopeStatistics Statistics => ThreadSingleton.StatisticsInstance;

    internal ThreadDisposeScopeStatistics StatisticsInstance { get; } = new();

    internal LifetimeStatistics Counts => StatisticsInstance.TensorStatistics;

    internal DisposeScope? Innermost { get; set; }

    internal static DisposeScope NewDisposeScope()
    {
        var manager = ThreadSingleton;
        return manager.Innermost = new DisposeScope(manager);
    }

    internal DisposeScope? Register(torch.Tensor tensor)
    {
        if (Innermost is null)
        {
            Counts.CreatedOutsideScopeCount++;
            return null;
        }
        Counts.CreatedInScopeCount++;
        Innermost.Disposables.Add(tensor);
        return Innermost;
    }
}
