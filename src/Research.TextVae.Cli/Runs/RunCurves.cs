using System.Text.Json.Nodes;
using Research.TextVae.Charts;
using Research.TextVae.Reports;

namespace Research.TextVae.Cli.Runs;

/// <summary>The numbers of members over their steps.</summary>
internal static class RunCurves
{
    /// <summary>Every number of a member's records: its name, <c>train/loss</c> for instance, step, time and value.</summary>
    public static IEnumerable<(string Name, long Step, DateTimeOffset Time, double Value)> Of(Member member)
    {
        foreach (var record in member.Records)
        {
            var (step, kind) = (Member.Step(record), record.Text("kind"));
            _ = DateTimeOffset.TryParse(record.Text("time"), System.Globalization.CultureInfo.InvariantCulture, out var time);
            foreach (var (name, value) in Numbers(record))
                yield return ($"{kind}/{name}", step, time, value);
        }

        foreach (var (name, value) in Numbers(member.Recorded))
            yield return ($"result/{name}", 0, default, value);
    }

    /// <summary>Writes a page with each curve of the members in one figure.</summary>
    public static void Write(string path, IReadOnlyList<(string Label, Member Member)> members)
    {
        var report = new HtmlReport("Runs compared").Subtitle(string.Join(", ", members.Select(member => member.Label)));
        var curves = members.SelectMany(member => Of(member.Member).Where(point => point.Step > 0 && !point.Name.StartsWith("final/"))
            .Select(point => (member.Label, point.Name, point.Step, point.Value))).GroupBy(point => point.Name).ToList();
        foreach (var curve in curves.OrderBy(curve => curve.Key, StringComparer.Ordinal))
        {
            var lines = curve.GroupBy(point => point.Label)
                .Select(line => Line.Of(line.Select(point => (double)point.Step), line.Select(point => point.Value), line.Key));
            report.Section(curve.Key).Figure(Figure.Of(lines).X("step").Y(curve.Key.Split('/')[^1]), $"{curve.Key} by step.");
        }

        report.Write(path);
        Output.Line($"curves: {path}");
    }

    /// <summary>The finite numbers of a record and of its metrics.</summary>
    public static IEnumerable<(string Name, double Value)> Numbers(JsonObject? record) =>
        from entry in (record ?? []).Concat(record?["metrics"] as JsonObject ?? [])
        where entry.Key is not ("step" or "epoch")
        let number = entry.Value is JsonValue value && value.TryGetValue<double>(out var parsed) ? parsed : double.NaN
        where double.IsFinite(number)
        select (entry.Key, number);
}
