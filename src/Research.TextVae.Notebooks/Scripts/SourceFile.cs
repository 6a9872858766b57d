using System.Security.Cryptography;

namespace Research.TextVae.Notebooks.Scripts;

/// <summary>
/// A source file and the SHA-256 of its content, in hexadecimal digits; no digits for one that was looked for and is not there.
/// </summary>
internal sealed record SourceFile(string Path, string Hash)
{
    public static SourceFile Of(string path, ReadOnlySpan<byte> content) => new(path, Convert.ToHexString(SHA256.HashData(content)));

    public static SourceFile Missing(string path) => new(path, "");

    public bool IsCurrent() => File.Exists(Path) ? Of(Path, File.ReadAllBytes(Path)) == this : Hash.Length == 0;
}
