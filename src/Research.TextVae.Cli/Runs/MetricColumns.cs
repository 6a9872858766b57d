using System.Globalization;
using System.Text.Json.Nodes;

namespace Research.TextVae.Cli.Runs;

/// <summary>The metrics that tables show, by their key in <c>metrics.jsonl</c>. Losses are nats a sentence.</summary>
internal static class MetricColumns
{
    public static IReadOnlyList<(string Key, string Title, string Format)> All { get; } =
    [
        ("iwNll", "IW-NLL", "F2"),
        ("negativeElbo", "−ELBO", "F2"),
        ("reconstruction", "rec.", "F2"),
        ("kl", "KL", "F2"),
        ("mutualInformation", "MI", "F2"),
        ("activeUnits", "AU", "F0"),
        ("perplexity", "PPL", "F1"),
        ("reconstructionBleu", "BLEU", "F1"),
    ];

    /// <summary>The metric as text; a dash when it was not measured.</summary>
    public static string Format(JsonObject? record, string key, string format) => record?[key] switch
    {
        JsonValue value when value.TryGetValue<double>(out var number) => number.ToString(format, CultureInfo.InvariantCulture),
        JsonValue value => value.ToString(), // "NaN" and "Infinity" are written as strings
        _ => "–",
    };
}
