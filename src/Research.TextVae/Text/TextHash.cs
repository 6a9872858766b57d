using System.Security.Cryptography;
using System.Text;

namespace Research.TextVae.Text;

/// <summary>What a text can be recognised by.</summary>
internal static class TextHash
{
    /// <summary>SHA-256 of texts in their order, in hexadecimal. Each ends with a byte that UTF-8 does not have.</summary>
    public static string Of(IEnumerable<string> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in texts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text));
            hash.AppendData([0xFF]);
        }

        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }
}
