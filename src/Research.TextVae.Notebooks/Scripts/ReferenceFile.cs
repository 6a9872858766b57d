using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Research.TextVae.Notebooks.Scripts;

/// <summary>An assembly file and the version of its module, which changes with every change of its content.</summary>
internal sealed record ReferenceFile(string Path, Guid ModuleVersion)
{
    public static ReferenceFile Of(string path)
    {
        using var image = new PEReader(File.OpenRead(path));
        var metadata = image.GetMetadataReader();
        return new(path, metadata.GetGuid(metadata.GetModuleDefinition().Mvid));
    }

    public bool IsCurrent()
    {
        try
        {
            return Of(Path) == this;
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
