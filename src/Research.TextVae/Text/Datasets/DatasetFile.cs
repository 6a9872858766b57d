namespace Research.TextVae.Text;

/// <summary>A file of a data set as it is kept in the cache.</summary>
/// <param name="Name">File name in the cache.</param>
/// <param name="Size">Bytes; about as many where the file changes with time.</param>
/// <param name="Sha256">Lower-case hexadecimal; empty where the file changes with time and its source vouches for it.</param>
public sealed record DatasetFile(string Name, long Size, string Sha256 = "")
{
    /// <summary>Whether the file is another one at another time.</summary>
    internal bool Changes => Sha256.Length == 0;
}
