using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>
/// The native library of kernels (<c>src/native</c>): found and loaded once, for the instructions that this processor has. Without it, on
/// another device and in another type than float32, every kernel runs in its reference form, in standard operators.
/// </summary>
/// <remarks>
/// The environment variable <c>TEXTVAE_KERNELS</c> chooses a level of the processor by name (<c>v3</c>, <c>v4</c>, <c>v4-bf16</c>), or
/// <c>off</c> for the reference form everywhere.
/// </remarks>
public static unsafe partial class KernelLibrary
{
    internal const string Name = "textvae_kernels";
    internal const string TorchSharpName = "LibTorchSharp";

    private static readonly AsyncLocal<bool> Disabled = new();
    private static readonly Lazy<Loaded> Library = new(Load);

    static KernelLibrary() => NativeLibrary.SetDllImportResolver(typeof(KernelLibrary).Assembly, Resolve);

    private sealed record Loaded(nint Handle, string? File, string? Missing);

    /// <summary>Whether the native library is loaded and not switched off.</summary>
    public static bool IsAvailable => Library.Value.Handle != 0 && !Disabled.Value;

    /// <summary>The handle of the loaded library, 0 without one.</summary>
    internal static nint Handle => Library.Value.Handle;

    /// <summary>The file that was loaded; null without one.</summary>
    public static string? File => Library.Value.File;

    /// <summary>Why there is no library, in a sentence; null when there is one.</summary>
    public static string? Missing => Library.Value.Missing;

    /// <summary>The instructions that the library was compiled for, such as "x86-64-v3"; null without one.</summary>
    public static string? Level => Library.Value.Handle == 0 ? null : Marshal.PtrToStringUTF8(textvae_level());

    /// <summary>Whether <see cref="Precision.BFloat16"/> can be asked for: the processor multiplies it (AVX512_BF16).</summary>
    public static bool HasBFloat16 => IsAvailable && textvae_has_bfloat16() != 0;

    /// <summary>Threads of the OpenMP pool as the library sees it; LibTorch's number when both share one pool.</summary>
    internal static int OpenMPThreads => textvae_openmp_threads();

    /// <summary>Runs every kernel in its reference form until the result is disposed, in this flow of execution alone.</summary>
    public static IDisposable Disable() => new Scope();

    /// <summary>Whether a kernel can serve this tensor in its fused form: float32 in the main memory.</summary>
    internal static bool Serves(Tensor tensor) => tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU && IsAvailable;

    /// <summary>Whether the results of an operation on these need a graph for gradients.</summary>
    internal static bool NeedsGradient(params ReadOnlySpan<Tensor?> tensors)
    {
        if (!is_grad_enabled())
            return false;
        foreach (var tensor in tensors)
            if (tensor is not null && tensor.requires_grad)
                return true;
        return false;
    }

    /// <summary>The tensor itself where its elements lie in order, or a copy in which they do.</summary>
    internal static Tensor Dense(Tensor tensor) => tensor.is_contiguous() ? tensor : tensor.contiguous();

    internal static float* Floats(Tensor? tensor) => tensor is null ? null : (float*)THSTensor_data(tensor.Handle);

    internal static long* Longs(Tensor? tensor) => tensor is null ? null : (long*)THSTensor_data(tensor.Handle);

    internal static void* Data(Tensor tensor) => (void*)THSTensor_data(tensor.Handle);

    /// <summary>Turns a status other than success into an exception.</summary>
    /// <param name="status">What a kernel returned.</param>
    /// <param name="outOfRange">Describes what is out of range; asked only when something is.</param>
    internal static void Check(int status, Func<string>? outOfRange = null)
    {
        switch (status)
        {
            case 0: return;
            case 1: throw new InsufficientMemoryException("A kernel needs more memory than there is.");
            case 2: throw new NotSupportedException("This processor multiplies no bfloat16 (it lacks AVX512_BF16).");
            case 3: throw new ArgumentOutOfRangeException(null, outOfRange?.Invoke() ?? "An index is out of range.");
            default: throw new InvalidOperationException($"A kernel failed with status {status}.");
        }
    }

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path) => library switch
    {
        Name => Library.Value.Handle,
        TorchSharpName => NativeLibrary.Load(TorchSharpName, typeof(torch).Assembly, null),
        _ => 0,
    };

    private static Loaded Load()
    {
        var wanted = Environment.GetEnvironmentVariable("TEXTVAE_KERNELS");
        if (wanted is "off")
            return new(0, null, "TEXTVAE_KERNELS is off.");
        // LibTorch first: the library takes the OpenMP runtime that is there, and two would fight for the cores.
        _ = get_num_threads();
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return new(0, null, $"There are no kernels for {RuntimeInformation.RuntimeIdentifier}, only for linux-x64.");
        var levels = ProcessorLevels();
        if (levels.Length == 0)
            return new(0, null, "This processor lacks AVX2 or FMA.");
        // One that the processor has not would end the process at its first instruction.
        if (!string.IsNullOrEmpty(wanted))
        {
            if (!levels.Contains(wanted))
                return new(0, null, $"TEXTVAE_KERNELS is \"{wanted}\"; this processor has {string.Join(", ", levels)}, or off.");
            levels = [wanted];
        }

        foreach (var name in levels.Select(level => $"lib{Name}-{level}.so"))
        {
            if (NativeFiles.Find(name) is not { } found)
                continue;
            RequireOwn(found);
            if (NativeFiles.TryLoad(name, out var handle, out var file))
                return new(handle, file, null);
            throw new UserException($"{NativeFiles.Refusal} Build again, or set TEXTVAE_KERNELS=off.");
        }

        return new(0, null, $"No lib{Name}-{levels[^1]}.so: the kernels were not built, for want of a C++ compiler (apt-get install g++).");
    }

    // What was damaged, or is of another build with other arguments, would end the process without a word.
    private static void RequireOwn(string file)
    {
        var expected = typeof(KernelLibrary).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(data => data.Key == Path.GetFileName(file))?.Value;
        using var stream = System.IO.File.OpenRead(file);
        var actual = Convert.ToHexString(SHA256.HashData(stream));
        if (!actual.Equals(expected, StringComparison.OrdinalIgnoreCase))
            throw new UserException(
                $"{file} is damaged or of another build (its SHA-256 is not the one this library was built with); build again, install the "
                    + "package again, or set TEXTVAE_KERNELS=off.");
    }

    // Best first.
    private static string[] ProcessorLevels()
    {
        if (!System.Runtime.Intrinsics.X86.Avx2.IsSupported || !System.Runtime.Intrinsics.X86.Fma.IsSupported)
            return [];
        if (!System.Runtime.Intrinsics.X86.Avx512BW.VL.IsSupported || !System.Runtime.Intrinsics.X86.Avx512DQ.VL.IsSupported
            || !System.Runtime.Intrinsics.X86.Avx512CD.VL.IsSupported)
            return ["v3"];
        // AVX512_BF16: CPUID leaf 7, subleaf 1, bit 5 of EAX. .NET has no name for it.
        return (System.Runtime.Intrinsics.X86.X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0 ? ["v4-bf16", "v4", "v3"] : ["v4", "v3"];
    }

    private sealed class Scope : IDisposable
    {
        private readonly bool _before = Disabled.Value;

        public Scope() => Disabled.Value = true;

        public void Dispose() => Disabled.Value = _before;
    }

    [LibraryImport(TorchSharpName)]
    [SuppressGCTransition]
    private static partial nint THSTensor_data(nint handle);

    [LibraryImport(Name)]
    private static partial nint textvae_level();

    [LibraryImport(Name)]
    private static partial int textvae_has_bfloat16();

    [LibraryImport(Name)]
    private static partial int textvae_openmp_threads();
}
