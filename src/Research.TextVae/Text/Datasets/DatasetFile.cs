namespace Research.TextVae.Text;

/// <summary>A file of a data set as it is kept in the cache.</summary>
/// <param name="Name">File name in the cache.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record DatasetFile(string Name, long Size, string Sha256);
