using System.Reflection;
using System.Runtime.Loader;

namespace Research.TextVae.Notebooks.Scripts;

/// <summary>A script's assembly and what it was made from.</summary>
/// <param name="Sources">The script and every file it loads, with the hash of what the compiler read.</param>
/// <param name="References">Every assembly that the script refers to by path, with its module version.</param>
/// <param name="Assembly">The image.</param>
/// <param name="Symbols">Its portable PDB, for file and line of run-time errors.</param>
internal sealed record CompiledScript(
    IReadOnlyList<SourceFile> Sources, IReadOnlyList<ReferenceFile> References, byte[] Assembly, byte[] Symbols)
{
    /// <summary>The class that the compiler makes of a script.</summary>
    public const string TypeName = "Submission#0";

    /// <summary>Its method that runs the script.</summary>
    public const string FactoryName = "<Factory>";

    /// <summary>Whether compiling now would give the same.</summary>
    public bool IsCurrent() => Sources.All(s => s.IsCurrent()) && References.All(r => r.IsCurrent());

    /// <summary>Finds a referenced assembly that this program does not have itself.</summary>
    public Assembly? ResolveReference(AssemblyLoadContext context, AssemblyName name)
    {
        var path = References.FirstOrDefault(r => Path.GetFileNameWithoutExtension(r.Path) == name.Name)?.Path;
        return path is null ? null : context.LoadFromAssemblyPath(path);
    }
}
