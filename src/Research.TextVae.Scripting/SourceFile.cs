using System.Security.Cryptography;

namespace Research.TextVae.Scripting;

/// <summary>A source file and the SHA-256 of its content, in hexadecimal digits.</summary>
internal sealed record SourceFile(string Path, string Hash)
{
    public static SourceFile Of(string path, ReadOnlySpan<byte> content) => new(path, Convert.ToHexString(SHA256.HashData(content)));

    public bool IsCurrent() => File.Exists(Path) && Of(Path, File.ReadAllBytes(Path)) == this;
}
