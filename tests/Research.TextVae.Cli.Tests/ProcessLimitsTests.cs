using System.Diagnostics;
using Research.TextVae.Experiments;
using Research.TextVae.Notebooks.Scripts;
using Research.TextVae.Support;
using Research.TextVae.Training;

namespace Research.TextVae.Cli.Tests;

/// <summary>What the machine may do to a process: limits, a clock that is set back, a cache of another user.</summary>
public sealed class ProcessLimitsTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    /// <summary>Where the runtime itself cannot start (fewer than about 36 files, 8 threads) nothing can be said.</summary>
    [Theory]
    [InlineData("ulimit -n 40", "files may be open at once (ulimit -n)", "ulimit -n 256")]
    [InlineData("ulimit -n 200", "files may be open at once (ulimit -n)", "ulimit -n 256")]
    [InlineData("ulimit -u 40", "processes and threads of this user may run at once (ulimit -u)", "ulimit -u 64")]
    public void ALimitIsOneLine(string limit, string what, string remedy)
    {
        var isUser = limit.Contains("-u", StringComparison.Ordinal);
        // Root's processes are not limited, and another user may have more than that already.
        if (isUser && !Environment.IsPrivilegedProcess)
            return;
        var program = Path.Combine(AppContext.BaseDirectory, "textvae.dll");
        string[] shell = ["bash", "-c", $"{limit}; exec dotnet '{program}' run no.csx"];
        string[] line = isUser ? ["setpriv", "--reuid", "65534", "--clear-groups", .. shell] : shell;

        var outcome = Workplace.Finish(_place.Start(line[0], line[1..]));

        Assert.Equal((ExitCode.UserError, ""), (outcome.ExitCode, outcome.Output));
        var (given, needed) = (limit.Split(' ')[2], remedy.Split(' ')[2]);
        Assert.Equal($"error: only {given} {what}, and textvae needs up to {needed}; allow them with: {remedy}\n", outcome.Error);
    }

    [Fact]
    public void AClockThatIsSetBackMixesNothing()
    {
        var now = new DateTimeOffset(2026, 11, 1, 10, 15, 0, TimeSpan.Zero);
        string[] ids;
        using (var first = RunFolder.Create(_place.Folder, "a", now))
        using (var second = RunFolder.Create(_place.Folder, "a", now.AddHours(-2)))
        using (var third = RunFolder.Create(_place.Folder, "a", now))
            ids = [first.Id, second.Id, third.Id];
        var path = Path.Combine(_place.Folder, "metrics.jsonl");
        for (var step = 1; step <= 3; step++)
            JsonLines.Append<MetricsRecord>(path, Record(step, now.AddHours(-step)));

        Assert.Equal(3, ids.Distinct().Count());
        foreach (var id in ids)
            RunFolder.Open(_place.Folder, "a", id).Dispose();
        Assert.Equal([1L, 2, 3], new MetricsLog(path, null!).Records.Select(record => record.Step));
    }

    /// <summary>It would be this user's code that is run from there.</summary>
    [Fact]
    public void ACompiledScriptThatBelongsToAnotherUserIsNotRun()
    {
        // Only root can give a file away.
        if (!Environment.IsPrivilegedProcess)
            return;
        _place.Write("a.csx", "Console.WriteLine(\"mine\");");
        Assert.Equal("mine\n", _place.TextVae("run", "a.csx").Output);
        var entry = Assert.Single(Directory.GetFiles(_place.ScriptCache, "a-*.bin"));
        Assert.NotNull(new ScriptCache(_place.ScriptCache).Read(Path.Combine(_place.Folder, "a.csx")));

        using (var chown = Process.Start("chown", ["65534", entry]))
            chown.WaitForExit();

        Assert.Null(new ScriptCache(_place.ScriptCache).Read(Path.Combine(_place.Folder, "a.csx")));
        Assert.Equal("mine\n", _place.TextVae("run", "a.csx").Output);
    }

    private static TrainRecord Record(long step, DateTimeOffset time) => new()
    {
        Step = step,
        Epoch = 1,
        Time = time,
        Loss = 1,
        Reconstruction = 1,
        LearningRate = 1,
        GradientNorm = 1,
        TokensPerSecond = 1,
    };
}
