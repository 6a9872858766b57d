using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;

namespace Research.TextVae.Notebooks.Scripts;

/// <summary>
/// What <c>#load "prelude.csx"</c> means in a folder that has no such file, outside a checkout: references to the library that this program
/// has itself, and its namespaces, as in the file that the build writes.
/// </summary>
internal static class OwnPrelude
{
    public const string Name = "prelude.csx";

    /// <summary>Where messages place it; there is no such file.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, Name);

    public static byte[] Content()
    {
        var assemblies = new SortedSet<string>(StringComparer.Ordinal);
        Add(HostReferenceResolver.Datasets, assemblies);
        using var usings = new StreamReader(typeof(OwnPrelude).Assembly.GetManifestResourceStream("prelude.usings.csx")!);
        return Encoding.UTF8.GetBytes(string.Concat(assemblies.Select(path => $"#r \"{path}\"\n")) + usings.ReadToEnd());
    }

    // An assembly and those that it refers to, without the framework's.
    private static void Add(string name, SortedSet<string> assemblies)
    {
        if (HostReferenceResolver.Find(name) is not { } path || !assemblies.Add(path))
            return;
        using var image = new PEReader(File.OpenRead(path));
        var metadata = image.GetMetadataReader();
        foreach (var reference in metadata.AssemblyReferences)
            Add(metadata.GetString(metadata.GetAssemblyReference(reference).Name), assemblies);
    }
}
