using System.Security.Cryptography;
using System.Text;

namespace Research.TextVae.Notebooks.Jupyter;

/// <summary>
/// Signs messages with HMAC-SHA256 and checks signatures. A signature counts once, as in Jupyter's own client: a message that somebody
/// recorded does not run again.
/// </summary>
internal sealed class JupyterSignature(byte[] key)
{
    // Messages carry an id and a date, so that no two are the same. What is older than so many is forgotten.
    private const int Remembered = 1 << 16;

    private readonly HashSet<string> _seen = [];
    private readonly Queue<string> _order = [];

    public byte[] Sign(IEnumerable<byte[]> parts)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        foreach (var part in parts)
            hash.AppendData(part);
        return hash.GetHashAndReset();
    }

    /// <summary>Whether the signature, in hexadecimal, is that of the parts and comes for the first time. The comparison takes the same
    /// time wherever they differ.</summary>
    public bool Accepts(byte[] signature, IEnumerable<byte[]> parts)
    {
        var given = new byte[HMACSHA256.HashSizeInBytes];
        if (signature.Length != 2 * given.Length
            || Convert.FromHexString(Encoding.ASCII.GetString(signature), given, out _, out _) != System.Buffers.OperationStatus.Done
            || !CryptographicOperations.FixedTimeEquals(given, Sign(parts)))
            return false;
        lock (_seen)
        {
            var text = Convert.ToHexStringLower(given);
            if (!_seen.Add(text))
                return false;
            _order.Enqueue(text);
            if (_order.Count > Remembered)
                _seen.Remove(_order.Dequeue());
            return true;
        }
    }
}
