namespace TorchSharp.Interop;

/// <summary>
/// Makes the collector run when tensors that nobody disposed of fill the native memory: a managed tensor is small, so the
/// collector alone sees no reason to. It acts only on growth, so code with dispose scopes never pays for it
/// (GC.AddMemoryPressure would collect every few megabytes allocated).
/// </summary>
internal static class MemoryPressure
{
    private const long Least = 256L << 20;
    private static long held;
    private static long limit = Least;

    public static void Add(long bytes)
    {
        if (Interlocked.Add(ref held, bytes) > Volatile.Read(ref limit)) Collect();
    }

    public static void Remove(long bytes) => Interlocked.Add(ref held, -bytes);

    private static void Collect()
    {
        // Raised first, so that other threads do not follow.
        Volatile.Write(ref limit, long.MaxValue);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        // What survived is in use: allow as much again before the next look.
        Volatile.Write(ref limit, Math.Max(Least, 2 * Interlocked.Read(ref held)));
    }
}
