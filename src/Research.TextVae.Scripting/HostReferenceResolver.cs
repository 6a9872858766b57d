using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;

namespace Research.TextVae.Scripting;

/// <summary>
/// Finds <c>#r</c> assemblies relative to the referring file, and those they refer to beside them. The file named must be there, as it
/// must for other hosts; but one that this process has itself is taken from here, so that code is compiled against what it will run
/// with, in a Debug build too, and no type exists twice.
/// </summary>
internal sealed class HostReferenceResolver(string folder) : MetadataReferenceResolver
{
    private static readonly Dictionary<string, string> Own = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Where(path => Path.GetDirectoryName(path) != ScriptEnvironment.FrameworkFolder)
        .GroupBy(path => Path.GetFileName(path), StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

    private readonly ScriptMetadataResolver _files = ScriptMetadataResolver.Default.WithBaseDirectory(folder);

    public override ImmutableArray<PortableExecutableReference> ResolveReference(
        string reference, string? baseFilePath, MetadataReferenceProperties properties)
    {
        // NuGet references come here too; they are not restored, and the compiler reports them as not found.
        if (reference.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase))
            return [];
        var found = _files.ResolveReference(reference, baseFilePath, properties);
        return found.Length > 0 && Own.TryGetValue(Path.GetFileName(reference), out var own) ? [MetadataReference.CreateFromFile(own, properties)] : found;
    }

    public override bool ResolveMissingAssemblies => true;

    public override PortableExecutableReference? ResolveMissingAssembly(MetadataReference definition, AssemblyIdentity referenceIdentity) =>
        Own.TryGetValue(referenceIdentity.Name + ".dll", out var own)
            ? MetadataReference.CreateFromFile(own)
            : _files.ResolveMissingAssembly(definition, referenceIdentity);

    public override bool Equals(object? other) => other is HostReferenceResolver resolver && resolver._files.Equals(_files);

    public override int GetHashCode() => _files.GetHashCode();
}
