using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>What computes: TorchSharp, LibTorch and the kernels.</summary>
public static class TensorEngine
{
    /// <summary>The engine in one line, for the record of a run.</summary>
    public static string Description => string.Create(
        CultureInfo.InvariantCulture,
        $"TorchSharp {TorchSharpVersion}, LibTorch {LibTorchVersion}, kernels {KernelLibrary.Level ?? "in their reference form"}, "
            + $"{get_num_threads()} threads");

    /// <summary>Tensors that managed code holds; a program without leaks keeps it flat.</summary>
    public static long LiveTensors => Tensor.TotalCount;

    /// <summary>bfloat16 where the processor multiplies it, float32 elsewhere.</summary>
    public static Precision FastestPrecision => KernelLibrary.HasBFloat16 ? Precision.BFloat16 : Precision.Float32;

    private static string TorchSharpVersion => typeof(torch).Assembly.GetName().Version!.ToString(3);

    private static string LibTorchVersion => Version.Parse(torch.__version__).ToString(3);

    /// <summary>What the engine is made of, part by part.</summary>
    public static IEnumerable<(string Part, string Value)> Parts() =>
    [
        ("TorchSharp",
            $"{TorchSharpVersion} with LibTorch {LibTorchVersion}; CUDA {(cuda.is_available() ? "available" : "not available")}"),
        ("kernels", KernelLibrary.IsAvailable
            ? $"{KernelLibrary.Level}, {KernelLibrary.File}"
            : $"reference form: {KernelLibrary.Missing ?? "switched off."} Everything runs, training several times slower."),
        ("threads", string.Create(CultureInfo.InvariantCulture, $"{get_num_threads()}")),
    ];
}
