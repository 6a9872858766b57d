using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Research.TextVae.Notebooks.Jupyter;

/// <summary>A message of the Jupyter protocol 5.3: identities, delimiter, signature, then header, parent header, metadata and content as
/// JSON.</summary>
internal sealed record JupyterMessage(IReadOnlyList<byte[]> Identities, JsonObject Header, JsonObject Parent, JsonObject Content)
{
    public const string ProtocolVersion = "5.3";

    private static readonly byte[] Delimiter = "<IDS|MSG>"u8.ToArray();
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Type => Header["msg_type"]?.ToString() ?? "";

    /// <summary>A message that answers this one, or reports something that happened because of it.</summary>
    public JupyterMessage Answer(string type, JsonObject content, string session, bool toAll = false) => new(
        toAll ? [Encoding.UTF8.GetBytes(type)] : Identities,
        new JsonObject
        {
            ["msg_id"] = Guid.NewGuid().ToString("N"),
            ["session"] = session,
            ["username"] = "kernel",
            ["date"] = DateTime.UtcNow.ToString("O"),
            ["msg_type"] = type,
            ["version"] = ProtocolVersion,
        },
        (JsonObject)Header.DeepClone(),
        content);

    public List<ReadOnlyMemory<byte>> ToFrames(byte[] key)
    {
        byte[][] parts = [Bytes(Header), Bytes(Parent), "{}"u8.ToArray(), Bytes(Content)];
        return [.. Identities, Delimiter, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(Sign(key, parts))), .. parts];
    }

    /// <summary>The message, or null when it is malformed or its signature is not that of the key.</summary>
    public static JupyterMessage? Of(List<byte[]> frames, byte[] key)
    {
        var at = frames.FindIndex(frame => frame.AsSpan().SequenceEqual(Delimiter));
        if (at < 0 || frames.Count < at + 6)
            return null;
        var parts = frames[(at + 2)..(at + 6)];
        var given = new byte[HMACSHA256.HashSizeInBytes];
        var signature = frames[at + 1];
        if (signature.Length != 2 * given.Length
            || Convert.FromHexString(Encoding.ASCII.GetString(signature), given, out _, out _) != System.Buffers.OperationStatus.Done
            || !CryptographicOperations.FixedTimeEquals(given, Sign(key, parts)))
            return null;
        try
        {
            return Object(parts[0]) is { } header && Object(parts[1]) is { } parent && Object(parts[3]) is { } content
                ? new JupyterMessage(frames[..at], header, parent, content)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonObject? Object(byte[] json) => JsonNode.Parse(json) as JsonObject;

    private static byte[] Bytes(JsonObject json) => JsonSerializer.SerializeToUtf8Bytes(json, Options);

    private static byte[] Sign(byte[] key, IEnumerable<byte[]> parts)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        foreach (var part in parts)
            hash.AppendData(part);
        return hash.GetHashAndReset();
    }
}
