using System.Globalization;
using System.Text.Json.Nodes;

namespace Research.TextVae.Cli.Runs;

/// <summary>The metrics that tables show, by their key in <c>metrics.jsonl</c>. Losses are in nats per sentence.</summary>
internal static class MetricColumns
{
    private static readonly (string Key, string Title, string Format)[] _training =
    [
        ("iwNll", "IW-NLL", "F2"),
        ("iwStandardError", "s.e.", "F2"),
        ("iwEffectiveSamples", "ESS", "F0"),
        ("negativeElbo", "−ELBO", "F2"),
        ("reconstruction", "rec.", "F2"),
        ("kl", "KL", "F2"),
        ("mutualInformation", "MI", "F2"),
        ("activeUnits", "AU", "F0"),
        ("perplexity", "PPL", "F1"),
        ("reconstructionBleu", "BLEU", "F1"),
    ];

    /// <summary>The columns for these members: what studies recorded under its own names, otherwise the metrics of training.</summary>
    public static IReadOnlyList<(string Key, string Title, string Format)> Of(IEnumerable<Member> members)
    {
        var recorded = members.SelectMany(member => member.Recorded?.Select(value => value.Key) ?? []).Distinct().ToList();
        return recorded.Count == 0 ? _training : [.. recorded.Select(name => (name, name, "G4"))];
    }

    /// <summary>The metric as text; a dash when it was not measured.</summary>
    public static string Format(JsonObject? record, string key, string format) => Find(record, key) switch
    {
        JsonValue value when value.TryGetValue<double>(out var number) => number.ToString(format, CultureInfo.InvariantCulture),
        JsonValue value => value.ToString(), // "NaN" and "Infinity" are written as strings
        _ => "–",
    };

    // Losses stood beside the other keys before they had a record of their own.
    private static JsonNode? Find(JsonObject? record, string key) => (record?["metrics"] as JsonObject)?[key] ?? record?[key];
}
