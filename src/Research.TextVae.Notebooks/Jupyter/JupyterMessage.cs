using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Jupyter;

/// <summary>A message of the Jupyter protocol 5.3: identities, delimiter, signature, then header, parent header, metadata and content as
/// JSON.</summary>
internal sealed record JupyterMessage(IReadOnlyList<byte[]> Identities, JsonObject Header, JsonObject Parent, JsonObject Content)
{
    public const string ProtocolVersion = "5.3";

    /// <summary>Bytes of the largest message that is read: more than any cell, less than what would fill the memory.</summary>
    public const int Largest = 64 << 20;

    private static readonly byte[] Delimiter = "<IDS|MSG>"u8.ToArray();
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Type => Header["msg_type"] is JsonValue type && type.TryGetValue<string>(out var name) ? name : "";

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

    public List<byte[]> ToFrames(JupyterSignature signature)
    {
        byte[][] parts = [Bytes(Header), Bytes(Parent), "{}"u8.ToArray(), Bytes(Content)];
        return [.. Identities, Delimiter, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(signature.Sign(parts))), .. parts];
    }

    /// <summary>The message, or null when it is malformed, too large, not rightly signed, or was there before.</summary>
    public static JupyterMessage? Of(List<byte[]> frames, JupyterSignature signature)
    {
        var at = frames.FindIndex(frame => frame.AsSpan().SequenceEqual(Delimiter));
        if (at < 0 || frames.Count < at + 6 || frames.Sum(frame => (long)frame.Length) > Largest)
            return null;
        var parts = frames[(at + 2)..(at + 6)];
        if (!signature.Accepts(frames[at + 1], parts))
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

    private static JsonObject? Object(byte[] json) => StrictJson.ParseNode(json) as JsonObject;

    private static byte[] Bytes(JsonObject json) => JsonSerializer.SerializeToUtf8Bytes(json, Options);
}
