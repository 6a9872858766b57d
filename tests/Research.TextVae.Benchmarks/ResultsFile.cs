using System.Text.Json;
using System.Text.Json.Serialization;
using Research.TextVae.Kernels;
using Research.TextVae.Support;

namespace Research.TextVae.Benchmarks;

/// <summary>
/// Results as JSON. A file is added to: what is measured anew takes the place of what it held of the same work, so that a page can be
/// completed or corrected row by row, in quiet minutes.
/// </summary>
internal sealed class ResultsFile
{
    private static readonly JsonSerializerOptions _json = new() { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };

    public List<Result> Results { get; private init; } = [];

    public List<ScalingCurve> Curves { get; private init; } = [];

    public List<Profile> Profiles { get; private init; } = [];

    /// <exception cref="UserException">The file is none of ours.</exception>
    public static ResultsFile Read(string? path)
    {
        if (path is null || !File.Exists(path))
            return new();
        try
        {
            var content = JsonSerializer.Deserialize<Content>(File.ReadAllText(path), _json)!;
            return new()
            {
                Results =
                [
                    .. content.Results.Select(row => new Result(BenchmarkList.Named(row.Work), row.Precision, row.Ours, row.Peers)
                        { GemmPeak = row.GemmPeak, Difference = row.Difference, Measured = row.Measured }),
                ],
                Curves =
                [
                    .. content.Curves.Select(curve => new ScalingCurve(
                        curve.Axis,
                        [.. curve.Points.Select(point =>
                            new ScalingPoint(point.Value, Scaling.Variant(curve.Axis, point.Value), point.Seconds, point.PeakBytes))])),
                ],
                Profiles = [.. content.Profiles],
            };
        }
        catch (Exception error) when (error is JsonException or NullReferenceException or ArgumentNullException)
        {
            throw new UserException($"{path} holds no results of this program ({error.Message}); name another file for --json.");
        }
    }

    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(
        new Content(
            [.. Results.Select(
                result =>
                    new Row(result.Benchmark.Name, result.Precision, result.Ours, [.. result.Peers], result.GemmPeak, result.Difference,
                    result.Measured))],
            [.. Curves.Select(curve =>
                new Curve(curve.Axis, [.. curve.Points.Select(point => new Point(point.Value, point.Seconds, point.PeakBytes))]))],
            [.. Profiles]),
        _json));

    /// <summary>Takes new measurements in, in the order of the list of benchmarks.</summary>
    public void Add(IReadOnlyList<Result> results, IReadOnlyList<ScalingCurve> curves, IReadOnlyList<Profile> profiles)
    {
        Results.RemoveAll(old => results.Any(result => result.Benchmark.Name == old.Benchmark.Name));
        Results.AddRange(results);
        Results.Sort((a, b) => Order(a.Benchmark.Name, a.Precision).CompareTo(Order(b.Benchmark.Name, b.Precision)));
        Curves.RemoveAll(old => curves.Any(curve => curve.Axis == old.Axis));
        Curves.AddRange(curves);
        Profiles.RemoveAll(old => profiles.Any(profile => profile.Work == old.Work));
        Profiles.AddRange(profiles);
        Profiles.Sort((a, b) => Order(a.Work, a.Precision).CompareTo(Order(b.Work, b.Precision)));
    }

    private static (int, Precision) Order(string name, Precision precision) =>
        (BenchmarkList.All.Select((benchmark, i) => (benchmark.Name, i)).FirstOrDefault(entry => entry.Name == name).i, precision);

    private sealed record Content(Row[] Results, Curve[] Curves, Profile[] Profiles);

    private sealed record Row(
        string Work, Precision Precision, Contender Ours, Contender[] Peers, double GemmPeak, double? Difference, DateTime Measured);

    private sealed record Curve(string Axis, Point[] Points);

    private sealed record Point(int Value, double Seconds, long PeakBytes);
}
