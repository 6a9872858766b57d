using System.Text.Json.Nodes;

namespace Research.TextVae.Cli.Runs;

/// <summary>One member of a run: what it was and what was measured.</summary>
/// <param name="Records">Its <c>metrics.jsonl</c>.</param>
/// <param name="Recorded">What a finished member of a study recorded, by column; null for other members.</param>
internal sealed record Member(string Name, JsonObject? Config, IReadOnlyList<JsonObject> Records, JsonObject? Recorded)
{
    public static Member Read(string folder)
    {
        var config = JsonFile.Read<JsonObject>(Path.Combine(folder, "config.json"));
        return new Member(
            Path.GetFileName(folder),
            config,
            JsonFile.ReadRecords(Path.Combine(folder, "metrics.jsonl")),
            JsonFile.Read<JsonObject>(Path.Combine(folder, "result.json"))?["values"] as JsonObject);
    }

    /// <summary>The final metrics, or those of the last validation while there are none.</summary>
    public JsonObject? Latest => Recorded ?? Last("final") ?? Last("validation");

    public bool Finished => Last("final") is not null || Recorded is not null;

    public string Status => Finished ? "finished" : LastStep > 0 ? $"step {LastStep}" : "not begun";

    private long LastStep => Records.Select(Step).DefaultIfEmpty().Max();

    /// <summary>The optimizer step of a record, 0 without one.</summary>
    public static long Step(JsonObject record) => record["step"] is JsonValue value && value.TryGetValue<long>(out var step) ? step : 0;

    private JsonObject? Last(string kind) => Records.LastOrDefault(record => record.Text("kind") == kind);
}
