namespace TorchSharp;

/// <summary>Counts of the tensors this thread created and disposed of.</summary>
public class LifetimeStatistics
{
    public long CreatedOutsideScopeCount { get; internal set; }

    public long DisposedOutsideScopeCount { get; internal set; }

    public long CreatedInScopeCount { get; internal set; }

    public long DisposedInScopeCount { get; internal set; }

    public long AttachedToScopeCount { get; internal set; }

    public long DetachedFromScopeCount { get; internal set; }

    /// <summary>Created less disposed. What the finalizer releases is not known to the thread that made it.</summary>
    public long ThreadTotalLiveCount =>
        CreatedInScopeCount + CreatedOutsideScopeCount - DisposedInScopeCount - DisposedOutsideScopeCount;

    public void Reset() =>
        CreatedOutsideScopeCount = DisposedOutsideScopeCount = CreatedInScopeCount = DisposedInScopeCount
            = AttachedToScopeCount = DetachedFromScopeCount = 0;

    public override string ToString() =>
        $"live {ThreadTotalLiveCount}; created {CreatedInScopeCount} in scopes, {CreatedOutsideScopeCount} outside; "
        + $"disposed {DisposedInScopeCount} in scopes, {DisposedOutsideScopeCount} outside; "
        + $"attached {AttachedToScopeCount}, detached {DetachedFromScopeCount}";
}
