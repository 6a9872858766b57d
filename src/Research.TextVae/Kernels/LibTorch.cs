using System.Reflection;
using System.Runtime.InteropServices;
using Research.TextVae.Support;

namespace Research.TextVae.Kernels;

/// <summary>
/// Finds LibTorch where the runtime does not look: among NuGet's packages, for programs that are not deployed with it, such as the
/// <c>textvae</c> tool.
/// </summary>
internal static class LibTorch
{
    private const string TorchSharp = "TorchSharp", Binding = "LibTorchSharp";

    // In the order in which they need each other.
    private static readonly string[] Libraries = ["c10", "torch_cpu", "torch"];

    private static string? _folder;

    /// <summary>Brings LibTorch to this machine and gives its folder; set by a program that can.</summary>
    public static Func<string>? Fetch { get; set; }

    /// <summary>The version that TorchSharp is made for.</summary>
    public static string Version =>
        typeof(LibTorch).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == "LibTorchVersion").Value!;

    /// <summary>The package of this system.</summary>
    public static string Package => $"libtorch-cpu-{NativeFiles.Platform}";

    /// <summary>Before code that computes: where there is no LibTorch and the program can fetch it, it is fetched, and loaded.</summary>
    /// <exception cref="UserException">It cannot be fetched, or not be loaded, as where memory is short; the loader's reason is
    /// given.</exception>
    public static void Require()
    {
        if (Folder() is null)
            _folder = Fetch?.Invoke();
        string[] files = Folder() is { } folder
            ? [.. Libraries.Select(library => Path.Combine(folder, NativeFiles.NameOf(library))).Where(File.Exists)]
            : [];
        foreach (var file in files)
        {
            try
            {
                NativeLibrary.Load(file);
            }
            catch (DllNotFoundException error)
            {
                throw new UserException(NativeFiles.Reason(file, error), error);
            }
        }
    }

    /// <summary>Where a package keeps its files under a folder of NuGet's packages; null if it does not.</summary>
    public static string? FolderIn(string packages)
    {
        var folder = Path.Combine(packages, Package, Version, "runtimes", NativeFiles.Platform, "native");
        return IsLibTorch(folder) ? folder : null;
    }

    /// <summary>
    /// When TorchSharp's assembly is loaded: loads LibTorch by its full path where TorchSharp's own library does not lie beside it. What
    /// asks for a library by its name is then content with the one that is loaded; it could otherwise get another version, from the system.
    /// </summary>
    public static void Preload(object? sender, AssemblyLoadEventArgs args)
    {
        if (args.LoadedAssembly.GetName().Name != TorchSharp || Folder() is not { } folder)
            return;
        var binding = NativeFiles.NameOf(Binding);
        if (NativeFiles.Folders().FirstOrDefault(candidate => File.Exists(Path.Combine(candidate, binding))) == folder)
            return;
        foreach (var library in Libraries)
            NativeLibrary.TryLoad(Path.Combine(folder, NativeFiles.NameOf(library)), out _);
    }

    /// <summary>Gives TorchSharp its own library where the runtime has not found it, and a reason where LibTorch is missing.</summary>
    public static nint Resolve(Assembly assembly, string name)
    {
        if (name != Binding || assembly.GetName().Name != TorchSharp)
            return 0;
        if (NativeFiles.TryLoad(NativeFiles.NameOf(Binding), out var handle, out _))
            return handle;
        if (NativeFiles.Refusal is { } refusal)
            throw new DllNotFoundException(refusal);
        if (Folder() is not null)
            return 0;
        // TorchSharp puts this into its own message.
        var remedy = $"dotnet add package {Package} --version {Version}";
        throw new DllNotFoundException($"LibTorch {Version} is missing. Add its package: {remedy}");
    }

    private static string? Folder() => _folder ??= NativeFiles.Folders().FirstOrDefault(IsLibTorch)
        ?? (NuGetPackages() is { } packages ? FolderIn(packages) : null);

    private static bool IsLibTorch(string folder) => File.Exists(Path.Combine(folder, NativeFiles.NameOf("torch_cpu")));

    // Without a home folder there are none; a relative path would lead into whatever folder this runs in.
    private static string? NuGetPackages() => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } given ? given
        : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home
            ? Path.Combine(home, ".nuget", "packages")
        : null;
}
