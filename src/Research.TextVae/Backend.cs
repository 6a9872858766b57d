using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae;

/// <summary>The one place where the two tensor backends differ for this library.</summary>
internal static class Backend
{
#if TORCHSHARP_PACKAGE
    /// <summary>The tensor engine with its version.</summary>
    public static string Description => $"TorchSharp {typeof(torch).Assembly.GetName().Version} (package), {torch.get_num_threads()} threads";

    /// <summary>The package has no such kernel.</summary>
    public static (Tensor Total, Tensor PerToken)? LinearCrossEntropy(Tensor input, Tensor weight, Tensor? bias, Tensor target, Tensor tokenWeight) => null;
#else
    /// <summary>The tensor engine with its version, BLAS and threads.</summary>
    public static string Description => NativeBackend.Description;

    /// <summary>Linear projection and cross-entropy by the native kernel, unweighted losses a token; null where there is none.</summary>
    public static (Tensor Total, Tensor PerToken)? LinearCrossEntropy(Tensor input, Tensor weight, Tensor? bias, Tensor target, Tensor tokenWeight) =>
        NativeKernels.HasLinearCrossEntropy && input.device_type == DeviceType.CPU
            ? NativeKernels.LinearCrossEntropy(input, weight, bias, target, tokenWeight)
            : null;
#endif
}
