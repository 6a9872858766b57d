using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>PyTorch's functions under PyTorch's names, after TorchSharp 0.107.</summary>
public static partial class torch
{
    /// <summary>LibTorch's version.</summary>
    public static string __version__ => NativeBackend.LibTorchVersion;

    /// <summary>Threads one operator uses.</summary>
    public static int get_num_threads() => Native.textvae_get_num_threads();

    public static void set_num_threads(int num) => Native.textvae_set_num_threads(num);

    /// <summary>Threads that run independent operators.</summary>
    public static int get_num_interop_threads() => Native.textvae_get_num_interop_threads();

    /// <summary>Tensors created until it is disposed belong to the scope, and are disposed with it.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.NewDisposeScope();

    public static class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static int device_count() => Native.textvae_cuda_device_count();
    }
}
