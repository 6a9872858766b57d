using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Research.TextVae.Kernels;
using Research.TextVae.Support;

namespace Research.TextVae.Benchmarks;

/// <summary>
/// One competitor: a process that answers a command a line with a line of JSON, so that both can stay alive and be run in turn.
/// </summary>
internal sealed class Side : IDisposable
{
    private readonly Process _process;

    private Side(string name, Process process) => (Name, _process) = (name, process);

    public string Name { get; }

    /// <summary>Our library, in a process of its own so that its memory counts alone, which another command may start.</summary>
    public static Side Ours(Benchmark benchmark, string folder, double dropout, Precision precision, params string[] under)
    {
        string[] command =
            [.. under, "dotnet", typeof(Side).Assembly.Location, "worker", benchmark.Name, folder, Invariant(dropout), $"{precision}"];
        return Start($"ours, {precision}", command[0], command[1..], []);
    }

    /// <summary>The peer's process.</summary>
    public static Side Other(Peer peer, string folder, double dropout, PeerSetting setting) => Start(
        $"{peer}, {setting}", peer.Command[0],
        [.. peer.Command.Skip(1), Path.Combine(folder, "workload.json"), folder, Invariant(dropout)], setting.Variables);

    /// <summary>Seconds and numbers of some steps, and what others had of the machine meanwhile.</summary>
    public StepTimes Run(int steps)
    {
        var before = MachineLoad.Now(_process.Id);
        var answer = Ask(string.Create(CultureInfo.InvariantCulture, $"run {steps}"));
        var after = MachineLoad.Now(_process.Id);
        return new(Doubles(answer, "seconds"), Doubles(answer, "losses"))
        {
            Others = after.OthersSince(before),
            FreshPages = (double)(after.FreshPages - before.FreshPages) / steps,
        };
    }

    /// <summary>The same in a quiet moment: repeated while others have more than <see cref="MachineLoad.Quiet"/> of the machine, at most
    /// twice.</summary>
    public StepTimes RunUndisturbed(int steps)
    {
        var times = Run(steps);
        for (var repeat = 0; repeat < 2 && times.Disturbed; repeat++)
            times = Run(steps);
        return times;
    }

    /// <summary>Steps until two seconds are over, for caches to fill and compilers to finish.</summary>
    public void WarmUp()
    {
        for (var seconds = 0.0; seconds < 2;)
            seconds += Run(3).Seconds.Sum();
    }

    /// <summary>GFLOP/s of a product of 1024 × 1024 matrices.</summary>
    public double GemmPeak() => Ask("peak").GetProperty("gflops").GetDouble();

    /// <summary>The most memory the process has held, in bytes.</summary>
    public long PeakBytes() => Ask("memory").GetProperty("bytes").GetInt64();

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static Side Start(string name, string program, string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // Both sides choose their own kernels.
        start.Environment.Remove("OPENBLAS_CORETYPE");
        start.Environment.Remove("OPENBLAS_L2_SIZE");
        // Our library sets this for itself; on a busy machine it helps the peer as much.
        start.Environment.TryAdd("GOMP_SPINCOUNT", "10000");
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        return new(name, Process.Start(start)!);
    }

    private JsonElement Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        // A peer's progress bars may leave blank lines.
        var line = "";
        while (line is "")
            line = _process.StandardOutput.ReadLine();
        if (line is null)
            throw new UserException($"{Name}: the process ended at \"{command}\"; what it said of that stands above.");
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }

    private static double[] Doubles(JsonElement answer, string name) =>
        [.. answer.GetProperty(name).EnumerateArray().Select(n => n.GetDouble())];

    private static string Invariant(double value) => value.ToString(CultureInfo.InvariantCulture);
}
