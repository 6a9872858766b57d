using System.Buffers.Binary;
using System.Text;

namespace Research.TextVae.Cli.Tests.Runs;

/// <summary>What <c>textvae runs export</c> writes, read back by the formats' own rules.</summary>
public sealed class RunExportTests : IDisposable
{
    private readonly Workplace _place = new();

    public RunExportTests()
    {
        const string run = "runs/sweep/20261101-101500-00aa/";
        _place.Write(run + "config.json",
            """{"title":"A sweep","seed":5,"preset":"full","device":"cpu","data":{"mine":"00ff"},"members":[{"name":"β=1, \"a\""}]}""");
        _place.Write(run + "environment.json", """
            {"started":"2026-11-01T10:15:00+00:00","textVae":"0.1.0","commit":"abc123","dotnet":".NET",
            "commandLine":"textvae run \u001b[2J"}
            """);
        var member = run + "members/β=1, \"a\"/";
        _place.Write(member + "config.json",
            """{"name":"β=1, \"a\"","seed":5,"config":{"model":{"hiddenSize":32},"training":{"learningRate":0.001}}}""");
        _place.Write(member + "metrics.jsonl", """
            {"kind":"train","loss":30.5,"step":20,"epoch":1,"time":"2026-11-01T10:16:00+00:00"}
            {"kind":"validation","objective":29.25,"metrics":{"of":"vae","kl":1.5},"step":40,"epoch":1,"time":"2026-11-01T10:17:00+00:00"}
            {"kind":"final","iwNll":28.125,"perplexity":"NaN","step":40,"epoch":1,"time":"2026-11-01T10:18:00+00:00"}

            """);
    }

    public void Dispose() => _place.Dispose();

    /// <summary>A record from elsewhere may call its member anything.</summary>
    [Fact]
    public void AMemberCannotBeNamedAfterAnotherFolder()
    {
        _place.Write("runs/sweep/20261101-101500-00aa/members/β=1, \"a\"/config.json", """{"name":"../../../../escaped","config":{}}""");

        Export("--tensorboard", "board");

        Assert.False(Directory.Exists(Path.Combine(_place.Folder, "escaped")));
        Assert.True(Directory.Exists(Path.Combine(_place.Folder, "board/sweep/20261101-101500-00aa/β=1, \"a\"")));
    }

    [Fact]
    public void CsvHasEveryNumber()
    {
        Export("--csv", "a.csv");

        Assert.Equal(
            """"
            run,member,name,step,time,value
            20261101-101500-00aa,"β=1, ""a""",train/loss,20,2026-11-01T10:16:00.0000000+00:00,30.5
            20261101-101500-00aa,"β=1, ""a""",validation/objective,40,2026-11-01T10:17:00.0000000+00:00,29.25
            20261101-101500-00aa,"β=1, ""a""",validation/kl,40,2026-11-01T10:17:00.0000000+00:00,1.5
            20261101-101500-00aa,"β=1, ""a""",final/iwNll,40,2026-11-01T10:18:00.0000000+00:00,28.125

            """",
            File.ReadAllText(Path.Combine(_place.Folder, "a.csv")));
    }

    [Fact]
    public void TensorBoardsRecordsAreWholeAndSayTheSame()
    {
        // The check value of CRC-32C.
        Assert.Equal(0xE3069283, Crc32C("123456789"u8));
        Export("--tensorboard", "board");

        var file = Directory.GetFiles(Path.Combine(_place.Folder, "board/sweep/20261101-101500-00aa/β=1, \"a\""), "*tfevents*").Single();
        var events = Records(File.ReadAllBytes(file)).Select(Event).ToList();

        Assert.Equal("brain.Event:2", events[0].Version);
        Assert.Equal(
            [("train/loss", 20L, 30.5f), ("validation/objective", 40, 29.25f), ("validation/kl", 40, 1.5f), ("final/iwNll", 40, 28.125f)],
            events.Skip(1).Select(one => (one.Tag, one.Step, one.Value)));
        Assert.Equal(DateTimeOffset.Parse("2026-11-01T10:16:00Z", null).ToUnixTimeSeconds(), events[1].Time);
    }

    [Fact]
    public void MLflowFindsExperimentRunMetricsAndParameters()
    {
        Export("--mlflow", "flow");

        var experiment = Assert.Single(Directory.GetDirectories(Path.Combine(_place.Folder, "flow")));
        var meta = Yaml(Path.Combine(experiment, "meta.yaml"));
        Assert.Equal(("\"sweep\"", "\"active\"", $"\"{Path.GetFileName(experiment)}\""),
            (meta["name"], meta["lifecycle_stage"], meta["experiment_id"]));
        Assert.Matches("^[0-9]{18}$", Path.GetFileName(experiment));
        var run = Assert.Single(Directory.GetDirectories(experiment));
        var own = Yaml(Path.Combine(run, "meta.yaml"));
        Assert.Matches("^[0-9a-f]{32}$", Path.GetFileName(run));
        Assert.Equal(($"\"{Path.GetFileName(run)}\"", "3", "4", "[]", meta["experiment_id"]),
            (own["run_id"], own["status"], own["source_type"], own["tags"], own["experiment_id"]));
        Assert.All(new[] { "artifact_uri", "end_time", "entry_point_name", "lifecycle_stage", "run_name", "run_uuid", "source_name",
            "source_version", "start_time", "user_id" }, key => Assert.Contains(key, own.Keys));
        Assert.Equal("1793528160000 30.5 20\n", File.ReadAllText(Path.Combine(run, "metrics/train/loss")));
        Assert.Equal("0.001", File.ReadAllText(Path.Combine(run, "params/training.learningRate")));
        Assert.Equal("abc123", File.ReadAllText(Path.Combine(run, "tags/commit")));
        Assert.True(Directory.Exists(Path.Combine(run, "artifacts")));
    }

    [Fact]
    public void ShowAnswersWhatRanWhereAndOnWhat()
    {
        var text = _place.TextVae("runs", "show").Output;

        Assert.Contains("seed 5\n", text, StringComparison.Ordinal);
        Assert.Contains("data: mine (SHA-256 00ff)\n", text, StringComparison.Ordinal);
        Assert.Contains("textvae 0.1.0 of commit abc123, .NET\n", text, StringComparison.Ordinal);
        Assert.Contains("command: textvae run  [2J\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void CompareDrawsCurvesOverEachOther()
    {
        Assert.Contains("curves: c.html", _place.TextVae("runs", "compare", "--page", "c.html").Output, StringComparison.Ordinal);
        var page = File.ReadAllText(Path.Combine(_place.Folder, "c.html"));
        Assert.All(new[] { "train/loss", "validation/kl", "β=1" }, part => Assert.Contains(part, page, StringComparison.Ordinal));
    }

    private void Export(params string[] target)
    {
        var outcome = _place.TextVae(["runs", "export", .. target]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    private static Dictionary<string, string> Yaml(string path) =>
        File.ReadAllLines(path).Select(line => line.Split(": ", 2)).ToDictionary(parts => parts[0], parts => parts[1]);

    // tensorflow/core/lib/io/record_writer: length, masked CRC of it, data, masked CRC of them.
    private static IEnumerable<byte[]> Records(byte[] file)
    {
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            Assert.Equal(Masked(file.AsSpan(at + 12, length)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            yield return file[(at + 12)..(at + 12 + length)];
            at += 16 + length;
        }
    }

    private static uint Masked(ReadOnlySpan<byte> data)
    {
        var crc = Crc32C(data);
        return unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8u);
    }

    // Bit by bit, with the reflected polynomial of Castagnoli.
    private static uint Crc32C(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var one in data)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }

        return ~crc;
    }

    private static (double Time, long Step, string Version, string Tag, float Value) Event(byte[] message)
    {
        var fields = Fields(message).ToDictionary(field => field.Number, field => field.Content);
        var version = fields.TryGetValue(3, out var text) ? Encoding.UTF8.GetString(text) : "";
        var value = fields.TryGetValue(5, out var summary)
            ? Fields(Fields(summary).Single().Content).ToDictionary(field => field.Number, field => field.Content)
            : null;
        return (BitConverter.ToDouble(fields[1]), (long)BitConverter.ToUInt64(fields[2]), version,
            value is null ? "" : Encoding.UTF8.GetString(value[1]), value is null ? 0 : BitConverter.ToSingle(value[2]));
    }

    private static List<(int Number, byte[] Content)> Fields(byte[] message)
    {
        var (fields, at) = (new List<(int, byte[])>(), 0);
        while (at < message.Length)
        {
            var key = Varint();
            var content = (key & 7) switch
            {
                0 => BitConverter.GetBytes(Varint()),
                1 => Take(8),
                5 => Take(4),
                2 => Take((int)Varint()),
                var wire => throw new InvalidDataException($"wire type {wire}"),
            };
            fields.Add(((int)(key >> 3), content));
        }

        return fields;

        byte[] Take(int count) => message[at..(at += count)];

        ulong Varint()
        {
            var (value, shift) = (0UL, 0);
            do
                value |= (ulong)(message[at] & 0x7F) << shift;
            while ((shift += 7) > 0 && (message[at++] & 0x80) != 0);
            return value;
        }
    }
}
