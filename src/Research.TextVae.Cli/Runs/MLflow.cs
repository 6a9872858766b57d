using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Research.TextVae.Experiments;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Runs;

/// <summary>
/// MLflow's file store: <c>experiment/meta.yaml</c> and, for each run, <c>meta.yaml</c>, <c>metrics/name</c> with lines "time value step",
/// <c>params/name</c>, <c>tags/name</c> and <c>artifacts/</c>. A recipe is an experiment, a member a run.
/// </summary>
internal static partial class MLflow
{
    private const int Finished = 3, Running = 1, Local = 4; // RunStatus and SourceType of MLflow
    private const int LongestParameter = 6000;

    public static void Write(string folder, Run run, IReadOnlyList<Member> members)
    {
        var experiment = Digits(run.Recipe);
        var home = Path.GetFullPath(Path.Combine(folder, experiment));
        var begun = new DateTimeOffset(run.Started ?? DateTime.UnixEpoch, TimeSpan.Zero).ToUnixTimeMilliseconds();
        Meta(home, ("artifact_location", Address(home)), ("creation_time", begun), ("experiment_id", experiment),
            ("last_update_time", begun), ("lifecycle_stage", "active"), ("name", run.Recipe));
        foreach (var member in members)
        {
            var id = Hex($"{run.Recipe}/{run.Id}/{member.Name}");
            var own = Path.Combine(home, id);
            var points = RunCurves.Of(member).ToList();
            var times = points.Where(point => point.Time != default).Select(point => point.Time.ToUnixTimeMilliseconds()).ToList();
            var (first, last) = times.Count > 0 ? (times.Min(), times.Max()) : (begun, begun);
            Meta(own, ("artifact_uri", Address(Path.Combine(own, "artifacts"))), ("end_time", member.Finished ? last : null),
                ("entry_point_name", ""), ("experiment_id", experiment), ("lifecycle_stage", "active"), ("run_id", id),
                ("run_name", $"{run.Id} {member.Name}"), ("run_uuid", id), ("source_name", ""), ("source_type", Local),
                ("source_version", ""), ("start_time", first), ("status", member.Finished ? Finished : Running), ("tags", null),
                ("user_id", ""));
            foreach (var part in new[] { "artifacts", "metrics", "params", "tags" })
                Directory.CreateDirectory(Path.Combine(own, part));
            foreach (var metric in points.GroupBy(point => Name(point.Name)))
                Put(own, "metrics", metric.Key, string.Concat(metric.Select(point => string.Create(CultureInfo.InvariantCulture,
                    $"{(point.Time == default ? last : point.Time.ToUnixTimeMilliseconds())} {point.Value:R} {point.Step}\n"))));
            foreach (var (key, value) in RunChanges.Flatten(member.Config?["config"]).Where(entry => entry.Key.Length > 0))
                Put(own, "params", Name(key), value.Length > LongestParameter ? value[..LongestParameter] : value);
            Put(own, "tags", "mlflow.runName", $"{run.Id} {member.Name}");
            Put(own, "tags", "seed", run.Config.Text("seed") ?? "");
            Put(own, "tags", "commit", run.EnvironmentRecord.Text("commit") ?? "");
        }
    }

    private static void Put(string run, string part, string name, string content) =>
        AtomicFile.Write(Path.Combine(run, part, name), content);

    // YAML of one level; a JSON string is one of YAML.
    private static void Meta(string folder, params IReadOnlyList<(string Key, object? Value)> fields) => AtomicFile.Write(
        Path.Combine(folder, "meta.yaml"), string.Concat(fields.Select(field => $"{field.Key}: {Yaml(field.Key, field.Value)}\n")));

    private static string Yaml(string key, object? value) => value switch
    {
        null => key == "tags" ? "[]" : "null",
        string text => System.Text.Json.JsonSerializer.Serialize(text),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Address(string folder) => new Uri(folder).AbsoluteUri;

    // Letters, digits, and _ - . space / are what MLflow takes; a slash is a folder.
    private static string Name(string name) =>
        string.Join('/', Other().Replace(name, "_").Split('/').Where(part => part.Trim('.').Length > 0));

    private static string Hex(string name) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..32].ToLowerInvariant();

    private static string Digits(string name) => string.Create(CultureInfo.InvariantCulture,
        $"{BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(name))) % 1_000_000_000_000_000_000:d18}");

    [GeneratedRegex(@"[^\w.\- /]")]
    private static partial Regex Other();
}
