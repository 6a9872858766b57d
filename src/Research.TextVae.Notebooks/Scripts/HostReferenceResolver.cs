using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Scripts;

/// <summary>
/// Finds <c>#r</c> assemblies relative to the referring file, and those they refer to beside them. One that this process has itself is
/// taken from here, so that code is compiled against what it will run with, in a Debug build too, and no type exists twice. The file named
/// must be there, as it must for other hosts, unless it is the library or TorchSharp: scripts and notebooks of a checkout, and those that
/// refer to the library's NuGet package, run wherever this program is.
/// </summary>
internal sealed class HostReferenceResolver(string folder) : MetadataReferenceResolver
{
    public const string Library = "Research.TextVae";

    /// <summary>The library's data sets, which refer to it.</summary>
    public const string Datasets = "Research.TextVae.Datasets";

    private const string TensorEngine = "TorchSharp", NuGet = "nuget:";

    private static readonly Dictionary<string, string> Own = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Where(path => Path.GetDirectoryName(path) != ScriptEnvironment.FrameworkFolder)
        .GroupBy(path => Path.GetFileName(path), StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

    private readonly ScriptMetadataResolver _files = ScriptMetadataResolver.Default.WithBaseDirectory(folder);

    /// <summary>The version of the library that this process has, as its package is called.</summary>
    public static string LibraryVersion { get; } =
        typeof(UserException).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The file of an assembly that this process has itself and that is not the framework's, or null.</summary>
    public static string? Find(string name) => Own.GetValueOrDefault(name + ".dll");

    public override ImmutableArray<PortableExecutableReference> ResolveReference(
        string reference, string? baseFilePath, MetadataReferenceProperties properties)
    {
        // NuGet references come here too. They are not restored; the compiler reports those that this process has not as not found.
        if (reference.StartsWith(NuGet, StringComparison.OrdinalIgnoreCase))
            return FindPackage(reference[NuGet.Length..]) is { } package ? [MetadataReference.CreateFromFile(package, properties)] : [];
        var found = _files.ResolveReference(reference, baseFilePath, properties);
        var own = Find(Path.GetFileNameWithoutExtension(reference));
        return own is not null && (found.Length > 0 || IsLibrary(own)) ? [MetadataReference.CreateFromFile(own, properties)] : found;
    }

    public override bool ResolveMissingAssemblies => true;

    public override PortableExecutableReference? ResolveMissingAssembly(MetadataReference definition, AssemblyIdentity referenceIdentity) =>
        Find(referenceIdentity.Name) is { } own
            ? MetadataReference.CreateFromFile(own)
            : _files.ResolveMissingAssembly(definition, referenceIdentity);

    public override bool Equals(object? other) => other is HostReferenceResolver resolver && resolver._files.Equals(_files);

    public override int GetHashCode() => _files.GetHashCode();

    /// <summary>Whether code that refers to this file can compute.</summary>
    public static bool IsLibrary(string file) => Path.GetFileNameWithoutExtension(file) is Library or Datasets or TensorEngine;

    // "Research.TextVae, 0.1.0"; LibTorch's packages stand for the tensor engine, which finds it.
    private static string? FindPackage(string package)
    {
        var parts = package.Split(',', StringSplitOptions.TrimEntries);
        var (name, version) = (parts[0], parts.ElementAtOrDefault(1) ?? "*");
        foreach (var own in new[] { Library, Datasets })
        {
            if (name.Equals(own, StringComparison.OrdinalIgnoreCase))
                return version.Contains('*', StringComparison.Ordinal) || version == LibraryVersion ? Find(own) : null;
        }

        string[] engine = [TensorEngine, "libtorch"];
        return engine.Any(part => name.StartsWith(part, StringComparison.OrdinalIgnoreCase)) ? Find(TensorEngine) : null;
    }
}
