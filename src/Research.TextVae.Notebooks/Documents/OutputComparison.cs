using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Research.TextVae.Notebooks.Engine;

namespace Research.TextVae.Notebooks.Documents;

/// <summary>What two outputs of one cell say differently, numbers compared as numbers.</summary>
internal static partial class OutputComparison
{
    private const int ShownNumbers = 5;

    /// <summary>One line a difference; none when the outputs agree.</summary>
    public static IReadOnlyList<string> Compare(JsonArray stored, JsonArray now, CheckTolerance tolerance)
    {
        List<string> differences = [];
        CompareText(Text(stored, tolerance), Text(now, tolerance), tolerance, differences);
        var (storedFigures, newFigures) = (Figures(stored), Figures(now));
        if (storedFigures.Count != newFigures.Count)
            differences.Add(
                string.Create(CultureInfo.InvariantCulture, $"{storedFigures.Count} figures are stored, now there are {newFigures.Count}"));
        foreach (var (i, (before, after)) in storedFigures.Zip(newFigures).Index())
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"figure {i + 1}");
            CompareFigure(before["data"], after["data"], name, tolerance, differences);
            CompareFigure(before["frames"], after["frames"], $"{name}.frames", tolerance, differences);
        }

        return differences;
    }

    private static void CompareText(string[] stored, string[] now, CheckTolerance tolerance, List<string> differences)
    {
        for (var i = 0; i < Math.Max(stored.Length, now.Length); i++)
        {
            if (i >= stored.Length || i >= now.Length)
            {
                differences.Add(i >= now.Length ? $"no longer there: {Shortened(stored[i])}" : $"not stored: {Shortened(now[i])}");
                return; // and whatever follows
            }

            if (Words(stored[i]) != Words(now[i]))
            {
                differences.Add($"stored: {Shortened(stored[i])}\n   now: {Shortened(now[i])}");
                continue;
            }

            var pairs = Numbers(stored[i]).Zip(Numbers(now[i]));
            var off = pairs.Where(pair => !tolerance.Accepts(pair.First, pair.Second)).ToList();
            if (off.Count > 0)
                differences.Add(
                    $"{string.Join(", ", off.Take(ShownNumbers).Select(Change))}{(off.Count > ShownNumbers ? ", …" : "")} in: "
                        + $"{Shortened(stored[i])}");
        }
    }

    private static void CompareFigure(JsonNode? stored, JsonNode? now, string path, CheckTolerance tolerance, List<string> differences)
    {
        switch (stored, now)
        {
            case (JsonObject a, JsonObject b):
                foreach (var key in a.Select(e => e.Key).Union(b.Select(e => e.Key)))
                    CompareFigure(a[key], b[key], $"{path}.{key}", tolerance, differences);
                break;
            case (JsonArray a, JsonArray b) when a.Count == b.Count:
                for (var i = 0; i < a.Count; i++)
                    CompareFigure(a[i], b[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), tolerance, differences);
                break;
            case (JsonValue a, JsonValue b) when a.TryGetValue<double>(out var x) && b.TryGetValue<double>(out var y):
                if (!tolerance.Accepts(x, y))
                    differences.Add($"{Change((x, y))} in {path}");
                break;
            default:
                if (!JsonNode.DeepEquals(stored, now))
                    differences.Add(
                        $"{path} was {Shortened(stored?.ToJsonString() ?? "absent")}, now {Shortened(now?.ToJsonString() ?? "absent")}");
                break;
        }
    }

    // What a reader sees: printed text, and of a displayed value its plain text.
    private static string[] Text(JsonArray outputs, CheckTolerance tolerance)
    {
        var text = string.Join('\n', outputs.OfType<JsonObject>().Where(o => o["name"]?.ToString() != "stderr")
            .Select(output => output["output_type"]?.ToString() switch
        {
            "stream" => NotebookCell.Text(output["text"]),
            "error" => $"{output["ename"]}: {output["evalue"]}",
            _ when output["data"] is JsonObject data => Representation(data),
            _ => "",
        }));
        text = tolerance.Ignore?.Replace(text, "") ?? text;
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static string Representation(JsonObject data) =>
        data.ContainsKey("text/plain") ? NotebookCell.Text(data["text/plain"])
        : data.ContainsKey("text/markdown") ? NotebookCell.Text(data["text/markdown"])
        : data.ContainsKey("text/html") ? Markup().Replace(NotebookCell.Text(data["text/html"]), " ")
        : "";

    private static List<JsonObject> Figures(JsonArray outputs) =>
        [.. outputs.OfType<JsonObject>().Select(o => (o["data"] as JsonObject)?[MimeBundle.Plotly]).OfType<JsonObject>()];

    private static string Words(string line) => Space().Replace(Number().Replace(line, "#"), " ");

    private static IEnumerable<double> Numbers(string line) => Number().Matches(line)
        .Select(match => double.Parse(match.Value.Replace('−', '-'), NumberStyles.Float, CultureInfo.InvariantCulture));

    private static string Change((double Stored, double Now) pair) =>
        string.Create(CultureInfo.InvariantCulture, $"{pair.Stored:R} → {pair.Now:R}") +
        (pair.Stored != 0
            ? string.Create(CultureInfo.InvariantCulture, $" (off by {Math.Abs((pair.Now - pair.Stored) / pair.Stored):0.##e0})")
            : "");

    private static string Shortened(string line) => line.Length > 120 ? line[..119] + "…" : line;

    // Not the 2 of "x2" or of "2-D".
    [GeneratedRegex(@"(?<![\w.])[-−+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w])")]
    private static partial Regex Number();

    [GeneratedRegex(@"<[^>]*>")]
    private static partial Regex Markup();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
