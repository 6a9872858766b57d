using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>What this backend runs on, for diagnostics. It is ours: the TorchSharp package has no such type.</summary>
public static class NativeBackend
{
    [ThreadStatic]
    private static CancellationToken _interruption;

    /// <summary>
    /// Of the calling thread: once it is cancelled, the next operator throws <see cref="OperationCanceledException"/> instead of starting.
    /// Those after it start, since what puts back a state on the way out may need them. It is for hosts whose users stop code that
    /// watches no token.
    /// </summary>
    public static CancellationToken Interruption
    {
        get => _interruption;
        set => _interruption = value;
    }

    internal static void ThrowIfInterrupted()
    {
        var interruption = _interruption;
        if (!interruption.IsCancellationRequested)
            return;
        _interruption = CancellationToken.None;
        throw new OperationCanceledException(interruption);
    }

    /// <summary>Version of the LibTorch this was built against.</summary>
    public static string LibTorchVersion => Marshal.PtrToStringUTF8(Native.textvae_torch_version())!;

    /// <summary>LibTorch's own report of its build, vector instructions and thread pools.</summary>
    public static string Configuration => Marshal.PtrToStringUTF8(Native.textvae_torch_configuration())!;

    /// <summary>Real path of the BLAS in use, or null when LibTorch contains its own.</summary>
    public static string? BlasLibrary => Loaded(() => Threading.BlasPath);

    /// <summary>Threads of OpenBLAS's own pool, or null for another BLAS.</summary>
    public static int? BlasThreads => Loaded(() => Threading.BlasThreads);

    /// <summary>Threads an operator uses.</summary>
    public static int Threads => Native.textvae_get_num_threads();

    /// <summary>File our native library was loaded from.</summary>
    public static string? LibraryPath => Loaded(() => NativeLoader.Path);

    /// <summary>Native tensors that managed code holds; a program without leaks keeps it flat.</summary>
    public static long LiveTensors => Native.textvae_live_tensors();

    /// <summary>Time that the calling thread has spent in operators and backward passes so far.</summary>
    public static TimeSpan NativeTime => TimeSpan.FromMicroseconds(Native.textvae_native_nanoseconds() * 1e-3);

    /// <summary>The backend in one line, for the record of a run.</summary>
    public static string Description =>
        $"LibTorch {LibTorchVersion}, BLAS {(BlasLibrary is { } path ? Path.GetFileName(Path.GetDirectoryName(path)) : "built in")}, {Threads} threads";

    private static T Loaded<T>(Func<T> read)
    {
        _ = Native.textvae_get_num_threads();
        return read();
    }
}
