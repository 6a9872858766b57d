using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TorchSharp.Interop;

/// <summary>
/// Loads libtextvae_native.so. It travels inside this assembly, because script hosts copy assemblies to caches of their own
/// and leave native libraries behind; it is written once, by content hash, to the user's cache folder.
/// <c>TEXTVAE_NATIVE</c> names another file.
/// </summary>
internal static class NativeLoader
{
    public const string LibraryName = "textvae_native";
    private const string FileName = "libtextvae_native.so";

    public static string? Path { get; private set; }

    public static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != LibraryName) return IntPtr.Zero;
        var path = Environment.GetEnvironmentVariable("TEXTVAE_NATIVE") is { Length: > 0 } given ? given : Extract(assembly);
        Threading.Prepare();
        IntPtr library;
        try
        {
            library = NativeLibrary.Load(path);
        }
        catch (DllNotFoundException error)
        {
            throw new DllNotFoundException(
                "LibTorch cannot be loaded. Install it with: apt-get install libtorch1.13 libopenblas0-pthread libgomp1 "
                + $"(the loader says: {Reason(error)})", error);
        }
        Path = path;
        Threading.Configure(library);
        return library;
    }

    /// <summary>The one line of the loader's message that names the missing file.</summary>
    private static string Reason(Exception error) =>
        error.Message.Split('\n').FirstOrDefault(line => line.Contains("cannot open shared object", StringComparison.Ordinal)) ?? error.Message;

    private static string Extract(Assembly assembly)
    {
        using var resource = assembly.GetManifestResourceStream(FileName)
            ?? throw new DllNotFoundException($"{assembly.GetName().Name} was built without {FileName}.");
        using var memory = new MemoryStream();
        resource.CopyTo(memory);
        var content = memory.ToArray();
        var hash = Convert.ToHexString(SHA256.HashData(content))[..16];
        try
        {
            return WriteOnce(System.IO.Path.Combine(CacheFolder(), "native", hash), content);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return WriteOnce(System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"textvae-{Environment.UserName}", hash), content);
        }
    }

    private static string CacheFolder()
    {
        var root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(root))
            root = System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return System.IO.Path.Combine(root, "research-textvae");
    }

    /// <summary>Written aside and renamed, so that a concurrent process sees the whole file or none.</summary>
    private static string WriteOnce(string folder, byte[] content)
    {
        var path = System.IO.Path.Combine(folder, FileName);
        if (File.Exists(path) && new FileInfo(path).Length == content.Length) return path;
        Directory.CreateDirectory(folder);
        var aside = $"{path}.{Environment.ProcessId}";
        File.WriteAllBytes(aside, content);
        File.Move(aside, path, overwrite: true);
        return path;
    }
}
