using System.Globalization;
using System.Text.Json.Nodes;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Runs;

/// <summary>A run folder, <c>runs/&lt;recipe&gt;/&lt;id&gt;</c>.</summary>
internal sealed record Run(string Folder)
{
    public string Id => Path.GetFileName(Folder);

    public string Recipe => Path.GetFileName(Path.GetDirectoryName(Folder)!);

    /// <summary>What it is; null while it has no <c>config.json</c>.</summary>
    /// <exception cref="UserException">The file is damaged, as for all that is read here.</exception>
    public JsonObject? Config => field ??= Checked(JsonFile.Read<JsonObject>(ConfigPath));

    public JsonObject? EnvironmentRecord => JsonFile.Read<JsonObject>(Path.Combine(Folder, "environment.json"));

    public JsonArray? Expectations => field ??= JsonFile.Read<JsonArray>(Path.Combine(Folder, "expectations.json"));

    /// <summary>The figures it has to show, once it is finished.</summary>
    public JsonArray? Headlines => field ??= JsonFile.Read<JsonArray>(Path.Combine(Folder, "headlines.json"));

    private string ConfigPath => Path.Combine(Folder, "config.json");

    public string? Report => Path.Combine(Folder, "report.html") is var file && File.Exists(file) ? file : null;

    /// <summary>In the order the configuration names them, then any other.</summary>
    public IReadOnlyList<Member> Members()
    {
        var folder = Path.Combine(Folder, "members");
        if (!Directory.Exists(folder))
            return [];
        var declared = (Config?["members"] as JsonArray ?? []).Select(member => member.Text("name") ?? "").ToList();
        return
        [
            .. Directory.GetDirectories(folder)
                .Order(StringComparer.Ordinal)
                .Select(Member.Read)
                .OrderBy(member => declared.IndexOf(member.Name) is var at && at < 0 ? int.MaxValue : at),
        ];
    }

    /// <summary>When it was continued, and what had changed by then.</summary>
    public IEnumerable<(string Started, string Changes)> Resumptions =>
        File.Exists(Path.Combine(Folder, "resumed.jsonl"))
            ? JsonFile.ReadRecords(Path.Combine(Folder, "resumed.jsonl"), "environment").Select(record => (
                record["environment"].Text("started") ?? "",
                string.Join("; ", (record["changes"] as JsonArray ?? []).Select(change => change?.ToString()))))
            : [];

    /// <summary>When it was begun, from the id.</summary>
    public DateTime? Started =>
        Id.Length >= 15
            && DateTime.TryParseExact(Id[..15], "yyyyMMdd-HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : null;

    /// <summary>How its expectations came out, or that it did not reach them.</summary>
    public string Outcome
    {
        get
        {
            if (Expectations is null)
                return "unfinished";
            (int Count, string Text)[] parts =
            [
                (Expectations.Count(e => Passed(e) is false), "failed"),
                (Expectations.Count(e => Passed(e) is true), "held"),
                (Expectations.Count(e => Passed(e) is null), "not checked"),
            ];
            var shown = string.Join(", ", parts.Where(part => part.Count > 0).Select(part => $"{part.Count} {part.Text}"));
            return shown.Length > 0 ? shown : "none stated";
        }
    }

    private JsonObject? Checked(JsonObject? config) => config is null
        || (config["preset"] is JsonValue preset && preset.ToString() is "smoke" or "standard" or "full"
            && config["seed"] is JsonValue seed && seed.TryGetValue<ulong>(out _)
            && config["title"] is JsonValue title && title.TryGetValue<string>(out _)
            && config["members"] is JsonArray)
        ? config
        : throw new UserException(
            $"{ConfigPath} does not describe a run: title, seed, members or a known preset are missing; restore it from a copy.");

    /// <summary>True, false, or null for an expectation that could not be decided.</summary>
    public static bool? Passed(JsonNode? expectation) =>
        expectation is JsonObject o && o["passed"] is JsonValue value && value.TryGetValue<bool>(out var passed) ? passed : null;
}
