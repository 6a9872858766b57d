using System.Globalization;
using Research.TextVae.Plots;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Experiments;

/// <summary>Executes a sweep: trains and measures what is not done yet, writes the report, checks the expectations.</summary>
internal sealed class SweepRun(RunDescription description, Sweep sweep, RunOptions options, IAnsiConsole console, TimeProvider time)
{
    internal sealed record Member(string Name, double Value, ulong Seed, Trial Trial);

    public static IReadOnlyList<Member> Members(Sweep sweep, ulong seed) =>
    [
        .. from value in sweep.Values
           from repeat in Enumerable.Range(0, sweep.SeedsPerValue)
           let name = string.Create(CultureInfo.InvariantCulture, $"{sweep.Symbol}={value}")
           select new Member(
               sweep.SeedsPerValue == 1 ? name : $"{name} seed={seed + (ulong)repeat}", value, seed + (ulong)repeat, sweep.Trial(value)),
    ];

    public int Execute(CancellationToken cancellation)
    {
        var device = OpenDevice(options.Device);
        var folder = options.Resume is null
            ? RunFolder.Create(options.Runs, description.Recipe, time.GetUtcNow())
            : RunFolder.Open(options.Runs, description.Recipe, options.Resume);
        folder.Write(RunDescription.FileName, description);
        folder.Write(EnvironmentDescription.FileName, EnvironmentDescription.Take(time.GetUtcNow()));

        var output = new RunConsole(console, time);
        var members = Members(sweep, description.Seed);
        output.Begin(description, folder, members[0].Trial.Data);
        var results = new List<TrialResult>();
        try
        {
            foreach (var (member, index) in members.Select((member, index) => (member, index)))
            {
                output.BeginMember(member.Name, index + 1, members.Count);
                var result = new TrialRunner(folder, output, device, time).Run(member, cancellation);
                output.EndMember(result);
                results.Add(result);
            }
        }
        catch (OperationCanceledException)
        {
            output.Interrupted(folder);
            return ExitCode.Interrupted;
        }

        var points = results.GroupBy(result => result.Value).Select(group => new SweepPoint(group.Key, [.. group]));
        var sweepResults = new SweepResults([.. points]);
        var outcomes = Check(sweepResults);
        folder.Write("expectations.json", outcomes);
        new SweepReport(folder, description, sweep, sweepResults, outcomes, members[0].Trial.Data).Write();
        output.End(sweep, sweepResults, outcomes, folder);
        return outcomes.Any(outcome => outcome.Passed == false) ? ExitCode.ExpectationFailed : ExitCode.Success;
    }

    private List<ExpectationResult> Check(SweepResults results) =>
    [
        .. sweep.Expectations.Select(expectation =>
        {
            var verdict = expectation.Check(results);
            return new ExpectationResult(expectation.Text, description.Preset == Preset.Smoke ? null : verdict.Held, verdict.Detail);
        }),
    ];

    private static Device OpenDevice(string name)
    {
        if (name.StartsWith("cuda", StringComparison.Ordinal) && !cuda.is_available())
            throw new UserErrorException($"--device {name}: LibTorch finds no CUDA device; use --device cpu, or build with -p:TorchBackend=package -p:TorchSharpPackage=TorchSharp-cuda-linux on a machine that has one.");
        return torch.device(name);
    }
}
