#if !TORCHSHARP_PACKAGE
using System.Globalization;
#endif
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae;

/// <summary>The one place where the two tensor backends differ, for this library, its command line and its tests.</summary>
public static class Backend
{
    /// <summary>bfloat16 where the processor multiplies it, float32 elsewhere.</summary>
    public static Precision FastestPrecision => HasBFloat16 ? Precision.BFloat16 : Precision.Float32;

#if TORCHSHARP_PACKAGE
    /// <summary>Whether LibTorch is the machine's own rather than one that came with a package.</summary>
    public static bool IsSystem => false;

    /// <summary>The tensor engine with its version.</summary>
    public static string Description => $"{Name}, {get_num_threads()} threads";

    /// <summary>Tensors that managed code holds; a program without leaks keeps it flat.</summary>
    public static long LiveTensors => Tensor.TotalCount;

    /// <summary>The package does not tell.</summary>
    public static TimeSpan? NativeTime => null;

    /// <summary>The package's operators watch no token.</summary>
    public static void InterruptOn(CancellationToken token) => _ = token;

    private static string Name => $"TorchSharp {typeof(torch).Assembly.GetName().Version} (package)";

    /// <summary>What the tensor engine is made of, part by part.</summary>
    public static IEnumerable<(string Part, string Value)> Parts() =>
    [
        ("LibTorch", $"that of {Name}; CUDA {(cuda.is_available() ? "available" : "not available")}"),
        ("threads", $"{get_num_threads()} of LibTorch"),
    ];

    /// <summary>Whether <see cref="Precision.BFloat16"/> can be asked for.</summary>
    public static bool HasBFloat16 => false;

    /// <summary>The package computes in float32 alone.</summary>
    /// <exception cref="UserErrorException">Another precision is asked for.</exception>
    public static IDisposable Use(Precision precision) => precision == Precision.Float32
        ? NewDisposeScope()
        : throw new UserErrorException($"{precision} needs the system backend; build without -p:TorchBackend=package, or use Float32.");

    /// <summary>The package has no such kernel.</summary>
    internal static (Tensor Total, Tensor PerToken)? LinearCrossEntropy(Tensor input, Tensor weight, Tensor? bias, Tensor target, Tensor tokenWeight, double expectedGradient) => null;

    /// <summary>The package has no such kernel.</summary>
    internal static (Tensor Total, Tensor PerDocument)? LinearMultinomial(Tensor input, Tensor weight, Tensor? bias, Tensor words, Tensor counts, Tensor offsets, double expectedGradient) => null;

    /// <summary>The package has no such kernel.</summary>
    internal static Tensor? Attention(Tensor query, Tensor keyValue, int heads, bool causal, Tensor? keyLengths, double dropout) => null;

    /// <summary>The package has no such kernel.</summary>
    internal static Tensor? SelfAttention(Tensor queryKeyValue, int heads, bool causal, Tensor? keyLengths, double dropout) => null;

    /// <summary>The package has no kernels for decoding.</summary>
    internal static bool HasDecodingKernels(Tensor weight) => false;

    internal static Tensor PackWeight(Tensor weight) => throw new NotSupportedException();

    internal static Tensor PackInt8(Tensor weight, Tensor scale) => throw new NotSupportedException();

    internal static void PackedLinear(Tensor input, Tensor packed, Tensor? bias, Tensor output) => throw new NotSupportedException();

    internal static void LstmStep(Tensor input, Tensor hidden, Tensor cell, Tensor packed, Tensor bias) => throw new NotSupportedException();

    internal static void TransformerStep(Tensor input, Tensor[] weights, Tensor[] caches, long place, Tensor[] sources, Tensor? sourceLengths, int heads) =>
        throw new NotSupportedException();

    /// <summary>The package has no such kernel.</summary>
    internal static Tensor? SampleTokens(Tensor logits, Tensor offsets, Tensor uniforms, Generation.FusedSampling sampling) => null;
#else
    /// <summary>Whether LibTorch is the machine's own rather than one that came with a package.</summary>
    public static bool IsSystem => true;

    /// <summary>The tensor engine with its version, BLAS and threads.</summary>
    public static string Description => NativeBackend.Description;

    /// <summary>Tensors that managed code holds; a program without leaks keeps it flat.</summary>
    public static long LiveTensors => NativeBackend.LiveTensors;

    /// <summary>
    /// Once the token is cancelled, the next operator of the calling thread throws <see cref="OperationCanceledException"/>: for hosts
    /// whose users stop code that watches no token.
    /// </summary>
    public static void InterruptOn(CancellationToken token) => NativeBackend.Interruption = token;

    /// <summary>Time that the calling thread has spent in native code so far, if the backend tells; for benchmarks.</summary>
    public static TimeSpan? NativeTime => NativeBackend.NativeTime;

    /// <summary>What the tensor engine is made of, part by part.</summary>
    public static IEnumerable<(string Part, string Value)> Parts()
    {
        var configuration = NativeBackend.Configuration.Split('\n').Select(line => line.TrimStart(' ', '-').Trim()).ToList();
        var oneDnn = configuration.FirstOrDefault(line => line.Contains("MKL-DNN", StringComparison.Ordinal));
        var vectors = configuration.FirstOrDefault(line => line.StartsWith("CPU capability", StringComparison.Ordinal));
        yield return ("LibTorch", $"{NativeBackend.LibTorchVersion}{(vectors is null ? "" : ", " + vectors)}");
        yield return ("oneDNN", oneDnn ?? "not part of this LibTorch");
        yield return ("BLAS", NativeBackend.BlasLibrary ?? "part of LibTorch");
        var blas = NativeBackend.BlasThreads is { } threads ? string.Create(CultureInfo.InvariantCulture, $", {threads} of OpenBLAS") : "";
        yield return ("threads", string.Create(CultureInfo.InvariantCulture, $"{NativeBackend.Threads} of LibTorch{blas}"));
        yield return ("own library", NativeBackend.LibraryPath ?? "not loaded");
    }

    /// <summary>Whether <see cref="Precision.BFloat16"/> can be asked for.</summary>
    public static bool HasBFloat16 => NativeKernels.HasBFloat16;

    /// <summary>Sets what large matrix products are computed in until the result is disposed; it holds for the whole process.</summary>
    /// <exception cref="UserErrorException">The processor cannot.</exception>
    public static IDisposable Use(Precision precision) => NativeKernels.HasBFloat16 || precision == Precision.Float32
        ? new PrecisionScope(precision)
        : throw new UserErrorException($"{precision}: this processor multiplies no bfloat16 (it lacks AVX512_BF16); use Float32.");

    /// <summary>Linear projection and cross-entropy by the native kernel, unweighted losses a token; null where there is none.</summary>
    internal static (Tensor Total, Tensor PerToken)? LinearCrossEntropy(Tensor input, Tensor weight, Tensor? bias, Tensor target, Tensor tokenWeight, double expectedGradient) =>
        NativeKernels.HasLinearCrossEntropy && input.device_type == DeviceType.CPU
            ? NativeKernels.LinearCrossEntropy(input, weight, bias, target, tokenWeight, expectedGradient)
            : null;

    private sealed class PrecisionScope : IDisposable
    {
        private readonly MatmulPrecision before = NativeKernels.MatmulPrecision;

        public PrecisionScope(Precision precision) =>
            NativeKernels.MatmulPrecision = precision == Precision.BFloat16 ? MatmulPrecision.BFloat16 : MatmulPrecision.Float32;

        public void Dispose() => NativeKernels.MatmulPrecision = before;
    }

    /// <summary>Linear projection and multinomial likelihood of bags of words by the native kernel; null where there is none.</summary>
    internal static (Tensor Total, Tensor PerDocument)? LinearMultinomial(Tensor input, Tensor weight, Tensor? bias, Tensor words, Tensor counts, Tensor offsets, double expectedGradient) =>
        NativeKernels.HasLinearMultinomial && input.device_type == DeviceType.CPU
            ? NativeKernels.LinearMultinomial(input, weight, bias, words, counts, offsets, expectedGradient)
            : null;

    /// <summary>Attention by the native kernel; null where there is none.</summary>
    internal static Tensor? Attention(Tensor query, Tensor keyValue, int heads, bool causal, Tensor? keyLengths, double dropout) =>
        NativeKernels.HasAttention && query.device_type == DeviceType.CPU
            ? NativeKernels.Attention(query, keyValue, heads, causal, keyLengths, dropout)
            : null;

    /// <summary>Attention of a text to itself by the native kernel; null where there is none.</summary>
    internal static Tensor? SelfAttention(Tensor queryKeyValue, int heads, bool causal, Tensor? keyLengths, double dropout) =>
        NativeKernels.HasAttention && queryKeyValue.device_type == DeviceType.CPU
            ? NativeKernels.SelfAttention(queryKeyValue, heads, causal, keyLengths, dropout)
            : null;

    /// <summary>Whether the kernels for decoding serve weights like this one.</summary>
    internal static bool HasDecodingKernels(Tensor weight) => weight.device_type == DeviceType.CPU && weight.dtype == ScalarType.Float32;

    /// <inheritdoc cref="NativeKernels.PackWeight"/>
    internal static Tensor PackWeight(Tensor weight) => NativeKernels.PackWeight(weight);

    /// <inheritdoc cref="NativeKernels.PackInt8"/>
    internal static Tensor PackInt8(Tensor weight, Tensor scale) => NativeKernels.PackInt8(weight, scale);

    /// <inheritdoc cref="NativeKernels.PackedLinear"/>
    internal static void PackedLinear(Tensor input, Tensor packed, Tensor? bias, Tensor output) => NativeKernels.PackedLinear(input, packed, bias, output);

    /// <inheritdoc cref="NativeKernels.LstmStep"/>
    internal static void LstmStep(Tensor input, Tensor hidden, Tensor cell, Tensor packed, Tensor bias) =>
        NativeKernels.LstmStep(input, hidden, cell, packed, bias);

    /// <inheritdoc cref="NativeKernels.TransformerStep"/>
    internal static void TransformerStep(Tensor input, Tensor[] weights, Tensor[] caches, long place, Tensor[] sources, Tensor? sourceLengths, int heads) =>
        NativeKernels.TransformerStep(input, weights, caches, place, sources, sourceLengths, heads);

    /// <summary>One token a row by the native kernel; null where it does not serve.</summary>
    internal static Tensor? SampleTokens(Tensor logits, Tensor offsets, Tensor uniforms, Generation.FusedSampling sampling) =>
        HasDecodingKernels(logits)
            ? NativeKernels.SampleTokens(logits, offsets, uniforms, sampling.Temperature, sampling.TopK, sampling.TopP, sampling.MinP)
            : null;
#endif
}
