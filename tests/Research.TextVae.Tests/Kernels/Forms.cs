using Research.TextVae.Kernels;

namespace Research.TextVae.Tests.Kernels;

/// <summary>The two forms that every kernel has.</summary>
internal static class Forms
{
    /// <summary>To be disposed one after the other: the fused form where it is, and the reference form.</summary>
    public static IEnumerable<IDisposable?> Both()
    {
        if (KernelLibrary.IsAvailable)
            yield return null;
        yield return KernelLibrary.Disable();
    }
}
