using System.Text.Json;
using System.Text.Json.Nodes;
using Research.TextVae.Support;

namespace Research.TextVae.Experiments;

/// <summary>What differs between a run as it was begun and what the recipe describes now.</summary>
/// <param name="All">Each difference in a few words.</param>
/// <param name="Anew">The members whose numbers the differences touch: unless they are finished, they have to begin anew.</param>
internal sealed record RunChanges(IReadOnlyList<string> All, IReadOnlySet<string> Anew)
{
    private const int Shown = 3, Longest = 200;

    /// <summary>Compares a run's files with its description now.</summary>
    /// <param name="stored">Its <c>config.json</c>.</param>
    /// <param name="environment">Its <c>environment.json</c>; null when there is none.</param>
    /// <param name="now">What the recipe describes now.</param>
    /// <param name="here">Where it runs now.</param>
    public static RunChanges Between(JsonNode stored, JsonNode? environment, RunDescription now, EnvironmentDescription here)
    {
        var (all, anew) = (new List<string>(), new HashSet<string>());
        var (before, after) = (Flatten(environment), Flatten(JsonSerializer.SerializeToNode(here, Json.Indented)));
        foreach (var (key, what) in new[] { ("textVae", "version"), ("commit", "commit") })
        {
            if (before.TryGetValue(key, out var version) && version != after.GetValueOrDefault(key))
                all.Add($"the library's {what} was {version}, is {after.GetValueOrDefault(key)}");
        }

        var everything = now.Members.Select(member => member.Name);
        if (stored["data"] is JsonObject texts && texts.Any(text => now.Data.GetValueOrDefault(text.Key) != text.Value?.ToString()))
        {
            var changed = texts.Where(text => now.Data.GetValueOrDefault(text.Key) != text.Value?.ToString()).Select(text => text.Key);
            all.Add($"the content of the data {string.Join(", ", changed)} has changed (its SHA-256 is another)");
            anew.UnionWith(everything);
        }

        // Where the code is the only description, any edit may be one of the numbers.
        var code = now.Members.Where(member => member.Config is null).Select(member => member.Name).ToList();
        if (code.Count > 0 && stored["source"] is JsonValue source && source.ToString() != now.Source)
        {
            all.Add("the recipe's file has been edited");
            anew.UnionWith(code);
        }

        var members = Configurations(stored);
        foreach (var gone in members.Keys.Except(everything))
            all.Add($"member {gone} is no more");
        foreach (var member in now.Members)
        {
            if (!members.TryGetValue(member.Name, out var config))
            {
                all.Add($"member {member.Name} is new");
                continue;
            }

            var (was, isNow) = (Flatten(config), Flatten(JsonSerializer.SerializeToNode(member.Config, Json.Indented)));
            foreach (var key in was.Keys.Union(isNow.Keys).Where(key => was.GetValueOrDefault(key) != isNow.GetValueOrDefault(key)))
            {
                all.Add($"{member.Name}: {key} was {was.GetValueOrDefault(key, "absent")}, is {isNow.GetValueOrDefault(key, "absent")}");
                anew.Add(member.Name);
            }
        }

        return new RunChanges(all, anew);
    }

    /// <summary>The configurations of a run's members, by name, as its <c>config.json</c> has them.</summary>
    public static IReadOnlyDictionary<string, JsonNode?> Configurations(JsonNode stored) =>
        (stored["members"] as JsonArray ?? []).OfType<JsonObject>().DistinctBy(member => member["name"]?.ToString() ?? "")
            .ToDictionary(member => member["name"]?.ToString() ?? "", member => member["config"]);

    /// <summary>The differences in a line.</summary>
    public override string ToString() =>
        string.Join("; ", All.Take(Shown).Select(change => change.Length > Longest ? change[..Longest] + "…" : change))
        + (All.Count > Shown ? $"; and {All.Count - Shown} more" : "");

    /// <summary>Every value below a node by its path: <c>objective.klWeight.weight</c> → <c>0.25</c>.</summary>
    internal static IReadOnlyDictionary<string, string> Flatten(JsonNode? node)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(node, "");
        return values;

        void Add(JsonNode? value, string path)
        {
            if (value is not JsonObject fields)
            {
                values[path] = value switch { null => "null", JsonArray array => array.ToJsonString(), _ => value.ToString() };
                return;
            }

            foreach (var (key, below) in fields)
                Add(below, path.Length == 0 ? key : $"{path}.{key}");
        }
    }
}
