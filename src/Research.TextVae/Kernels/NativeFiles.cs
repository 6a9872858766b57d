using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Research.TextVae.Kernels;

/// <summary>Finds native libraries in every host: programs, tests, scripts and notebooks.</summary>
internal static partial class NativeFiles
{
    // Where a host that copies assemblies to a place of its own finds what lies beside them.
    private const string FolderVariable = "TEXTVAE_NATIVE";

    /// <summary>Why a file that is there was not loaded, the last time that happened.</summary>
    public static string? Refusal { get; private set; }

    /// <summary>Loads the first file of this name that there is and that may be.</summary>
    public static bool TryLoad(string name, out nint handle, out string? file)
    {
        foreach (var folder in Folders())
        {
            file = Path.Combine(folder, name);
            if (!File.Exists(file))
                continue;
            if (FileTrust.Doubt(file) is { } doubt)
            {
                Refusal = $"{file} is not loaded: {doubt}.";
                continue;
            }

            try
            {
                handle = NativeLibrary.Load(file);
                return true;
            }
            catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
            {
                Refusal = Reason(file, error);
            }
        }

        (handle, file) = (0, null);
        return false;
    }

    /// <summary>What the loader says of a file, without .NET's advice before it.</summary>
    public static string Reason(string file, Exception error)
    {
        var lines = error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return $"{file} cannot be loaded: {lines[Math.Min(1, lines.Length - 1)].TrimEnd('.')}.";
    }

    /// <summary>The first file of this name that there is; null where there is none.</summary>
    public static string? Find(string name) => Folders().Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>How packages call this system, such as linux-x64; the runtime's own name for it can be that of a distribution.</summary>
    public static string Platform { get; } = (OperatingSystem.IsWindows() ? "win-" : OperatingSystem.IsMacOS() ? "osx-" : "linux-")
        + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>The file name of a library on this system.</summary>
    public static string NameOf(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";

    /// <summary>Where native files may lie.</summary>
    public static IEnumerable<string> Folders()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } given)
            yield return given;
        // What a program's .deps.json names; then beside the assembly.
        foreach (var folder in ((string?)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") ?? "").Split(Path.PathSeparator,
            StringSplitOptions.RemoveEmptyEntries))
            yield return folder;
        if (Path.GetDirectoryName(typeof(NativeFiles).Assembly.Location) is { Length: > 0 } own)
        {
            yield return own;
            yield return Path.Combine(own, "runtimes", Platform, "native");
            // In a package: lib/net8.0 beside runtimes.
            yield return Path.GetFullPath(Path.Combine(own, "..", "..", "runtimes", Platform, "native"));
        }
    }

    /// <summary>Before the tensor engine is loaded: how its threads wait, and which of its files are taken.</summary>
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255",
        Justification = "It must come before the first tensor in every host.")]
    internal static void Prepare()
    {
        AppDomain.CurrentDomain.AssemblyLoad += LibTorch.Preload;
        AssemblyLoadContext.GetLoadContext(typeof(NativeFiles).Assembly)!.ResolvingUnmanagedDll += LibTorch.Resolve;
        if (!OperatingSystem.IsLinux())
            return;
        // OpenMP's threads wait for each other by spinning for milliseconds unless told otherwise. On a machine with other work the one
        // waited for then has no core to run on; a short spin costs an idle machine about a tenth of a small step and makes a step on a
        // busy one more than twice as fast.
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
            SetIfAbsent("GOMP_SPINCOUNT", "10000");
        // Hardware threads of one core share its vector units.
        SetIfAbsent("OMP_NUM_THREADS", PhysicalCores().ToString(System.Globalization.CultureInfo.InvariantCulture));
        KeepMemory();
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 })
            foreach (var name in new[] { "libgomp-98b21ff3.so.1", "libc10.so", "libtorch_cpu.so", "libtorch.so", "libLibTorchSharp.so" })
                _ = TryLoad(name, out _, out _);
    }

    // A training step takes and gives back the same tens of megabytes every time. Small pieces stay with the C library, which would
    // otherwise return them to the system between two steps. Large tensors get memory of their own on large pages, which the system clears
    // twenty times as fast as small ones: within its heap the C library would cut them up, and hold half as much again as is in use.
    private static void KeepMemory()
    {
        const int TrimThreshold = -1, MmapThreshold = -3;
        SetIfAbsent("THP_MEM_ALLOC_ENABLE", "1");
        _ = mallopt(MmapThreshold, 1 << 20);
        _ = mallopt(TrimThreshold, int.MaxValue);
    }

    // Environment.SetEnvironmentVariable changes a copy of .NET's own, which native libraries do not see.
    private static void SetIfAbsent(string name, string value) => _ = setenv(name, value, 0);

    /// <summary>Physical cores this process may run on.</summary>
    private static int PhysicalCores()
    {
        const string Processors = "/sys/devices/system/cpu";
        if (!Directory.Exists(Processors))
            return Environment.ProcessorCount;
        var cores = new HashSet<string>();
        foreach (var folder in Directory.EnumerateDirectories(Processors, "cpu*"))
        {
            var siblings = Path.Combine(folder, "topology", "thread_siblings_list");
            if (File.Exists(siblings))
                cores.Add(File.ReadAllText(siblings));
        }

        // ProcessorCount honours affinity and container limits.
        return cores.Count == 0 ? Environment.ProcessorCount : Math.Min(cores.Count, Environment.ProcessorCount);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);
}
