using System.Text.Json;
using System.Text.Json.Nodes;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Runs;

/// <summary>Reads what a run has written so far. A run may be going on or have been killed, so absent files and a torn last line are
/// normal; anything else is damage.</summary>
internal static class JsonFile
{
    /// <summary>The content; null when the file is absent.</summary>
    /// <typeparam name="T">An object or an array.</typeparam>
    /// <exception cref="UserException">It is something else.</exception>
    public static T? Read<T>(string path)
        where T : JsonNode
    {
        if (!File.Exists(path))
            return null;
        try
        {
            return StrictJson.ParseNode(Text(path)) as T
                ?? throw new JsonException($"it is no {(typeof(T) == typeof(JsonArray) ? "array" : "object")}");
        }
        catch (JsonException error)
        {
            throw new UserException($"{path} is damaged: {Excerpt.Of(error.Message)}; restore it from a copy.", error);
        }
    }

    /// <summary>The records of a JSON Lines file; a last line that is not whole is left out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">What every record has.</param>
    /// <exception cref="UserException">A line is no record.</exception>
    public static IReadOnlyList<JsonObject> ReadRecords(string path, string key = "kind")
    {
        if (!File.Exists(path))
            return [];
        var (records, lines) = (new List<JsonObject>(), Text(path).Split('\n'));
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0)
                continue;
            try
            {
                records.Add(StrictJson.ParseNode(lines[i]) is JsonObject record && record[key] is not null
                    ? record
                    : throw new JsonException($"it is no record with a {key}"));
            }
            catch (JsonException) when (i == lines.Length - 1)
            {
                // Torn: the process that wrote it was killed.
            }
            catch (JsonException error)
            {
                throw new UserException($"{path}({i + 1}) is damaged: {Excerpt.Of(error.Message)}; restore it from a copy.", error);
            }
        }

        return records;
    }

    /// <summary>The value at a key as text, or null when there is none.</summary>
    public static string? Text(this JsonNode? node, string key) =>
        node is JsonObject o && o[key] is JsonValue value ? value.ToString() : null;

    // A run that goes on may be writing it.
    private static string Text(string path)
    {
        try
        {
            const FileShare shared = FileShare.ReadWrite | FileShare.Delete;
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, shared));
            return reader.ReadToEnd();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} cannot be read: {error.Message.TrimEnd('.')}.", error);
        }
    }
}
