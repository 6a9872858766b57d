using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using System.Text.Json;
using Research.TextVae.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

public sealed class KernelLibraryTests
{
    private const string Variable = "TEXTVAE_KERNELS";

    /// <summary>Every library that was built and that this processor can run, and the reference form, learn the same.</summary>
    [Fact]
    public void All_levels_of_the_processor_give_the_same_losses()
    {
        var reference = Run("off");
        Assert.Null(reference.Level);
        Assert.Contains(Variable, reference.Missing, StringComparison.Ordinal);

        var levels = Levels().ToList();
        Assert.NotEmpty(levels);
        foreach (var (level, name) in levels)
        {
            var result = Run(level);
            Assert.Equal(name, result.Level);
            Assert.Null(result.Missing);
            Assert.Equal(reference.Losses.Length, result.Losses.Length);
            foreach (var (expected, actual) in reference.Losses.Zip(result.Losses))
                Assert.Equal(expected, actual, 1e-5 * expected);
        }

        // Without a wish, the best of them.
        Assert.Equal(levels[^1].Name, Run("").Level);
    }

    /// <summary>One that does not exist, and one that a processor without AVX-512 has not: its first instruction would end the
    /// process.</summary>
    [Fact]
    public void A_level_that_the_processor_has_not_is_named()
    {
        foreach (var level in Avx512BW.IsSupported ? new[] { "v9" } : ["v9", "v4"])
        {
            var result = Run(level);
            Assert.Null(result.Level);
            Assert.Contains($"\"{level}\"; this processor has ", result.Missing, StringComparison.Ordinal);
        }
    }

    /// <summary>Two OpenMP runtimes would have a pool of threads each, and fight for the cores.</summary>
    [KernelFact]
    public void There_is_one_OpenMP_pool()
    {
        using var scope = NewDisposeScope();
        foreach (var threads in new[] { 1, 2 })
        {
            KernelAssert.WithThreads(threads, () =>
            {
                _ = GeluKernel.Compute(randn(100_000));
                Assert.Equal(get_num_threads(), KernelLibrary.OpenMPThreads);
                return 0;
            });
        }

        var runtimes = File.ReadLines("/proc/self/maps")
            .Select(line => Path.GetFileName(line[(line.LastIndexOf(' ') + 1)..]))
            .Where(file => new[] { "libgomp", "libomp", "libiomp" }.Any(name => file.StartsWith(name, StringComparison.Ordinal)));
        Assert.Single(runtimes.Distinct());
    }

    // Name of the file, and what the library calls itself; the least first.
    private static IEnumerable<(string Level, string Name)> Levels()
    {
        var wide = Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported && Avx512CD.VL.IsSupported;
        var levels = new (string Level, string Name, bool Runs)[]
        {
            ("v3", "x86-64-v3", Avx2.IsSupported && Fma.IsSupported),
            ("v4", "x86-64-v4", wide),
            ("v4-bf16", "x86-64-v4 with bfloat16", wide && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0),
        };
        return from level in levels
               where level.Runs && File.Exists(Path.Combine(AppContext.BaseDirectory, $"libtextvae_kernels-{level.Level}.so"))
               select (level.Level, level.Name);
    }

    private static Program.Result Run(string level)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(Program).Assembly.Location])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [Variable] = level },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return JsonSerializer.Deserialize<Program.Result>(output)!;
    }
}
