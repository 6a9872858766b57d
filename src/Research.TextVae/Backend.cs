using TorchSharp;

namespace Research.TextVae;

/// <summary>The one place where the two tensor backends differ for this library.</summary>
internal static class Backend
{
#if TORCHSHARP_PACKAGE
    /// <summary>The tensor engine with its version.</summary>
    public static string Description => $"TorchSharp {typeof(torch).Assembly.GetName().Version} (package), {torch.get_num_threads()} threads";
#else
    /// <summary>The tensor engine with its version, BLAS and threads.</summary>
    public static string Description => NativeBackend.Description;
#endif
}
