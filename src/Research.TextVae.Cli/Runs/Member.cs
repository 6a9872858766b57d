using System.Text.Json.Nodes;

namespace Research.TextVae.Cli.Runs;

/// <summary>One member of a run: what it was and the last that was measured.</summary>
internal sealed record Member(string Name, JsonNode? Config, JsonObject? Final, JsonObject? LastValidation, long LastStep)
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
        return new Member(config.Text("name") ?? Path.GetFileName(folder), config, final, validation, step);
    }

    /// <summary>The final metrics, or those of the last validation while there are none.</summary>
    public JsonObject? Latest => Final ?? LastValidation;

    public string Status => Final is not null ? "finished" : LastStep > 0 ? $"step {LastStep}" : "not begun";
}
