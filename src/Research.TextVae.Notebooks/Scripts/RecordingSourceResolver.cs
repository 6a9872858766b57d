using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Research.TextVae.Notebooks.Scripts;

/// <summary>
/// Finds <c>#load</c>ed files relative to the loading one, a prelude that is missing in this program, and records exactly what the compiler
/// read of them.
/// </summary>
internal sealed class RecordingSourceResolver(string folder) : SourceReferenceResolver
{
    private readonly SourceFileResolver _files = new(ImmutableArray<string>.Empty, folder);
    private readonly Dictionary<string, SourceFile> _read = [];

    public IEnumerable<SourceFile> Read => _read.Values;

    public override string? ResolveReference(string path, string? baseFilePath)
    {
        if (_files.ResolveReference(path, baseFilePath) is { } file)
            return file;
        if (path != OwnPrelude.Name)
            return null;
        var missing = Path.Combine(Path.GetDirectoryName(baseFilePath) is { Length: > 0 } beside ? beside : folder, path);
        _read[missing] = SourceFile.Missing(missing);
        return OwnPrelude.Path;
    }

    public override string? NormalizePath(string path, string? baseFilePath) => _files.NormalizePath(path, baseFilePath);

    public override Stream OpenRead(string resolvedPath)
    {
        if (resolvedPath == OwnPrelude.Path)
            return new MemoryStream(OwnPrelude.Content());
        var content = File.ReadAllBytes(resolvedPath);
        _read[resolvedPath] = SourceFile.Of(resolvedPath, content);
        return new MemoryStream(content);
    }

    public override bool Equals(object? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => folder.GetHashCode(StringComparison.Ordinal);
}
