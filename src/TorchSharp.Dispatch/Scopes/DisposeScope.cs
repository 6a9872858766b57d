namespace TorchSharp;

/// <summary>
/// Owns what is created while it is the innermost scope of its thread, and disposes of it at its end. What shall live
/// longer is moved to the outer scope or detached.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    private readonly DisposeScopeManager manager;

    public DisposeScope(DisposeScopeManager disposeScopeManager)
    {
        manager = disposeScopeManager;
        OuterScope = disposeScopeManager.Innermost;
    }

    internal DisposeScope? OuterScope { get; }

    internal HashSet<IDisposable> Disposables { get; private set; } = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyList<IDisposable> DisposablesView => [.. Disposables];

    public int DisposablesCount => Disposables.Count;

    public bool Contains(IDisposable disposable) => Disposables.Contains(disposable);

    /// <summary>Adds something to be disposed with the scope. Tensors made inside it are there already.</summary>
    public T Include<T>(T disposable)
        where T : IDisposable
    {
        Disposables.Add(disposable);
        return disposable;
    }

    public T MoveToOuter<T>(T disposable)
        where T : IDisposable => MoveToOther(OuterScope, disposable);

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (MoveToOuter(first), MoveToOuter(second));

    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable => (MoveToOuter(first), MoveToOuter(second), MoveToOuter(third));

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOuter((IEnumerable<IDisposable>)disposables);

    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(OuterScope, disposables);

    public T MoveToOther<T>(DisposeScope? scope, T disposable)
        where T : IDisposable
    {
        if (Disposables.Remove(disposable)) Own(scope, disposable);
        return disposable;
    }

    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables) MoveToOther(scope, disposable);
    }

    /// <summary>Takes something out of all scopes: its owner disposes of it.</summary>
    public T Detach<T>(T disposable)
        where T : IDisposable => MoveToOther(null, disposable);

    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (Detach(first), Detach(second));

    public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);

    public void Detach(IEnumerable<IDisposable> disposables) => MoveToOther(null, disposables);

    /// <summary>Takes over something from whichever scope owns it.</summary>
    public T Attach<T>(T disposable)
        where T : IDisposable
    {
        if (disposable is torch.Tensor tensor)
        {
            if (tensor.OwningDisposeScope is { } owner) owner.Disposables.Remove(tensor);
            else manager.Counts.AttachedToScopeCount++;
        }
        Own(this, disposable);
        return disposable;
    }

    public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);

    public void Attach(IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables) Attach(disposable);
    }

    public void DisposeEverything() => DisposeEverythingBut([]);

    /// <summary>Disposes of what has gathered so far, except what is given, and stays open.</summary>
    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        var all = Disposables;
        Disposables = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        foreach (var disposable in all)
        {
            if (Disposables.Contains(disposable)) continue;
            if (disposable is torch.Tensor { IsInvalid: false } tensor)
            {
                tensor.OwningDisposeScope = null;
                tensor.Release();
                manager.Counts.DisposedInScopeCount++;
            }
            else
            {
                disposable.Dispose();
            }
        }
    }

    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    public T DisposeEverythingBut<T>(T keep)
        where T : IDisposable
    {
        DisposeEverythingBut([keep]);
        return keep;
    }

    /// <summary>Told by an object of this scope that it was disposed of by itself.</summary>
    public void MarkAsDisposed(IDisposable disposable)
    {
        Disposables.Remove(disposable);
        if (disposable is not torch.Tensor tensor) return;
        manager.Counts.DisposedInScopeCount++;
        tensor.OwningDisposeScope = null;
    }

    public void Dispose()
    {
        DisposeEverything();
        if (manager.Innermost == this) manager.Innermost = OuterScope;
    }

    private void Own(DisposeScope? scope, IDisposable disposable)
    {
        scope?.Disposables.Add(disposable);
        if (disposable is not torch.Tensor tensor) return;
        tensor.OwningDisposeScope = scope;
        if (scope is null) manager.Counts.DetachedFromScopeCount++;
    }
}
