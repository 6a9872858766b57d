using System.Text.Json.Nodes;

namespace Research.TextVae.Cli.Runs;

/// <summary>One member of a run: what it was and the last that was measured.</summary>
/// <param name="Recorded">What a finished member of a study recorded, by column; null for other members.</param>
internal sealed record Member(
    string Name, JsonNode? Config, JsonObject? Final, JsonObject? LastValidation, long LastStep, JsonObject? Recorded)
{
    public static Member Read(string folder)
    {
        JsonObject? final = null, validation = null;
        var step = 0L;
        foreach (var record in JsonFile.ReadLines(Path.Combine(folder, "metrics.jsonl")))
        {
            if (record["step"] is JsonValue value && value.TryGetValue<long>(out var number))
                step = Math.Max(step, number);
            if (record.Text("kind") == "validation")
                validation = record;
            if (record.Text("kind") == "final")
                final = record;
        }

        var config = JsonFile.Read(Path.Combine(folder, "config.json"));
        return new Member(config.Text("name") ?? Path.GetFileName(folder), config, final, validation, step,
            JsonFile.Read(Path.Combine(folder, "result.json"))?["values"] as JsonObject);
    }

    /// <summary>The final metrics, or those of the last validation while there are none.</summary>
    public JsonObject? Latest => Recorded ?? Final ?? LastValidation;

    public bool Finished => Final is not null || Recorded is not null;

    public string Status => Finished ? "finished" : LastStep > 0 ? $"step {LastStep}" : "not begun";
}
