using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>Sets the thread pools when the library is loaded, and refuses the reference BLAS.</summary>
internal static unsafe class Threading
{
    /// <summary>Path behind libblas.so.3, or null when LibTorch brings its own BLAS.</summary>
    public static string? BlasPath { get; private set; }

    private static delegate* unmanaged<int, void> setBlasThreads;
    private static delegate* unmanaged<int> getBlasThreads;

    public static int? BlasThreads => getBlasThreads == null ? null : getBlasThreads();

    /// <summary>
    /// Before OpenMP is loaded: its threads wait for each other by spinning for milliseconds unless told otherwise. On a
    /// machine with other work the one waited for then has no core to run on; a short spin costs an idle machine about a
    /// tenth of a small step and makes a step on a busy one more than twice as fast.
    /// </summary>
    public static void Prepare()
    {
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null && OperatingSystem.IsLinux())
            _ = setenv("GOMP_SPINCOUNT\0"u8, "10000\0"u8);
    }

    // Environment.SetEnvironmentVariable changes a copy of .NET's own, which native libraries do not see.
    private static int setenv(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        fixed (byte* n = name, v = value) return setenv(n, v, 0);
    }

    [DllImport("libc")] private static extern int setenv(byte* name, byte* value, int overwrite);

    public static void Configure(IntPtr library)
    {
        BlasPath = LoadedLibrary("/libblas.so") ?? LoadedLibrary("/libopenblas");
        if (IsReference(BlasPath) && Environment.GetEnvironmentVariable("TEXTVAE_ALLOW_REFERENCE_BLAS") != "1")
            throw new DllNotFoundException(
                $"libblas.so.3 is the reference BLAS ({BlasPath}), which is about 50 times slower than OpenBLAS. "
                + "Install the fast one with: apt-get install libopenblas0-pthread "
                + "(or set TEXTVAE_ALLOW_REFERENCE_BLAS=1 to use it all the same)");
        BindOpenBlas();
        var setThreads = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, nameof(Native.textvae_set_num_threads));
        if (!RequestedThreads(out var threads)) threads = PhysicalCores();
        setThreads(threads);
        // LibTorch's own threads do the parallel work. OpenBLAS's pool spins beside them and takes their cores away.
        if (setBlasThreads != null && Environment.GetEnvironmentVariable("OPENBLAS_NUM_THREADS") is null) setBlasThreads(1);
    }

    private static bool RequestedThreads(out int threads) =>
        int.TryParse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), out threads) && threads > 0;

    internal static bool IsReference(string? path) => path is not null && path.Contains("/blas/", StringComparison.Ordinal);

    private static void BindOpenBlas()
    {
        if (BlasPath is null || !NativeLibrary.TryLoad(BlasPath, out var blas)) return;
        if (NativeLibrary.TryGetExport(blas, "openblas_set_num_threads", out var set)) setBlasThreads = (delegate* unmanaged<int, void>)set;
        if (NativeLibrary.TryGetExport(blas, "openblas_get_num_threads", out var get)) getBlasThreads = (delegate* unmanaged<int>)get;
    }

    /// <summary>The real path, symbolic links resolved by the kernel, of a library this process has mapped.</summary>
    private static string? LoadedLibrary(string name) =>
        File.ReadLines("/proc/self/maps")
            .Where(line => line.Contains(name, StringComparison.Ordinal))
            .Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..])
            .FirstOrDefault();

    /// <summary>Physical cores this process may run on; hardware threads of one core share its vector units.</summary>
    private static int PhysicalCores()
    {
        var cores = new HashSet<string>();
        foreach (var folder in Directory.EnumerateDirectories("/sys/devices/system/cpu", "cpu*"))
        {
            var siblings = System.IO.Path.Combine(folder, "topology", "thread_siblings_list");
            if (File.Exists(siblings)) cores.Add(File.ReadAllText(siblings));
        }
        // ProcessorCount honours affinity and container limits.
        return cores.Count == 0 ? Environment.ProcessorCount : Math.Min(cores.Count, Environment.ProcessorCount);
    }
}
