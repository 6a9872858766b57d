using System.Text.Json;
using System.Text.Json.Nodes;

namespace Research.TextVae.Cli.Runs;

/// <summary>Reads what a run has written so far. A run may be going on or have been killed, so absent files and torn lines are
/// normal.</summary>
internal static class JsonFile
{
    public static JsonNode? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The objects of a JSON Lines file; lines that are not whole are left out.</summary>
    public static IEnumerable<JsonObject> ReadLines(string path)
    {
        if (!File.Exists(path))
            yield break;
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
        {
            if (Parse(line) is JsonObject record)
                yield return record;
        }
    }

    private static JsonNode? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The value at a key as text, or null when there is none.</summary>
    public static string? Text(this JsonNode? node, string key) =>
        node is JsonObject o && o[key] is JsonValue value ? value.ToString() : null;

    /// <summary>Every value below a node with its path: <c>objective.schedule.weight</c> → <c>0.25</c>.</summary>
    public static IEnumerable<(string Path, string Value)> Flatten(JsonNode? node, string path = "") => node switch
    {
        JsonObject o => o.SelectMany(entry => Flatten(entry.Value, path.Length == 0 ? entry.Key : $"{path}.{entry.Key}")),
        null => [(path, "null")],
        JsonArray array => [(path, array.ToJsonString())],
        _ => [(path, node.ToString())],
    };
}
