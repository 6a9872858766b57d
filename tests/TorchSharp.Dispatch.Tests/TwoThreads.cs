using System.Runtime.CompilerServices;

namespace TorchSharp.Tests;

internal static class TwoThreads
{
    /// <summary>The kernels are tested as they run for users, in parallel, whatever the environment says.</summary>
    [ModuleInitializer]
    internal static void Set() => torch.set_num_threads(2);
}
