using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static IDisposable no_grad() => new AutoGradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new AutoGradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode) => new AutoGradMode(mode);

    public static bool is_grad_enabled() => Native.textvae_grad_mode() != 0;

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_inference_mode_enabled() => Native.textvae_inference_mode() != 0;
}

/// <summary>Sets this thread's gradient recording until disposed.</summary>
internal sealed class AutoGradMode : IDisposable
{
    private readonly int previous = Native.textvae_grad_mode();

    public AutoGradMode(bool enabled) => Native.textvae_set_grad_mode(enabled ? 1 : 0);

    public void Dispose() => Native.textvae_set_grad_mode(previous);
}

/// <summary>No gradients and no version counting until disposed.</summary>
internal sealed class InferenceMode(bool enabled) : IDisposable
{
    private IntPtr guard = Native.textvae_inference_mode_enter(enabled ? 1 : 0);

    public void Dispose()
    {
        if (guard != IntPtr.Zero) Native.textvae_inference_mode_leave(guard);
        guard = IntPtr.Zero;
    }
}
