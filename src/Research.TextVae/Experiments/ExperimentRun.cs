using System.Globalization;
using System.Text.Json;
using Research.TextVae.Reports;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Experiments;

/// <summary>Executes an experiment: does what is not done yet, writes the report, checks the expectations.</summary>
internal sealed class ExperimentRun(
    RunDescription description, Experiment experiment, RunOptions options, RunConsole console, TimeProvider time)
{
    /// <summary>Is told of every run that begins in this process or goes on, for a program that shows it meanwhile.</summary>
    internal static event Action<RunFolder>? Begun;

    public int Execute(CancellationToken cancellation)
    {
        var device = OpenDevice(options.Device);
        var folder = options.Resume is null
            ? RunFolder.Create(options.Runs, description.Recipe, time.GetUtcNow())
            : RunFolder.Open(options.Runs, description.Recipe, options.Resume);
        folder.Write(RunDescription.FileName, description);
        folder.Write(EnvironmentDescription.FileName, EnvironmentDescription.Take(time.GetUtcNow()));

        Begun?.Invoke(folder);

        var context = new RunContext(folder, description, console, device, time, cancellation);
        console.Begin(folder, experiment.DataSummary);
        try
        {
            foreach (var (member, index) in description.Members.Select((member, index) => (member, index)))
            {
                cancellation.ThrowIfCancellationRequested();
                console.BeginMember(member.Name, index + 1, description.Members.Count);
                folder.Write(Path.Combine("members", member.Name, RunDescription.FileName), member);
                experiment.Run(member, context);
            }
        }
        catch (OperationCanceledException)
        {
            console.Interrupted(folder);
            return ExitCode.Interrupted;
        }

        var outcomes = Check();
        folder.Write("expectations.json", outcomes);
        folder.Write("headlines.json", experiment.Headlines());
        WriteReport(context, outcomes);
        console.End(experiment.ToTable(), outcomes, folder);
        return outcomes.Any(outcome => outcome.Passed == false) ? ExitCode.ExpectationFailed : ExitCode.Success;
    }

    private List<ExpectationResult> Check() =>
    [
        .. experiment.Judge().Select(claim => new ExpectationResult(
            claim.Text, description.Preset == Preset.Smoke ? null : claim.Verdict.Held, claim.Verdict.Detail)),
    ];

    // Built from what the run's folder holds, so that it can be built again.
    private void WriteReport(RunContext context, IReadOnlyList<ExpectationResult> outcomes)
    {
        var judged = outcomes.Count(outcome => outcome.Passed is not null);
        var held = outcomes.Count(outcome => outcome.Passed == true);
        var report = new HtmlReport(description.Title)
            .Subtitle(description.About)
            .Tiles(
            [
                new Tile("expectations", judged == 0 ? "–" : $"{held} / {judged}", Note: judged == 0 ? "not checked at this size" : "held"),
                .. experiment.Tiles(),
            ]);
        report.Section("What was expected").Expectations(outcomes);
        experiment.Report(report, context);

        report.Section("How it was made");
        if (experiment.DataSummary.Length > 0)
            report.Text($"{experiment.DataSummary}.");
        report.Details("Parameters", description.Parameters.Select(parameter => (parameter.Key, parameter.Value))
            .Prepend(("seed", description.Seed.ToString(CultureInfo.InvariantCulture)))
            .Prepend(("size", description.Preset.ToString().ToLowerInvariant())));
        if (description.Members[0].Config is { } config)
            report.Details("Configuration of the first member", JsonSerializer.Serialize(config, Json.Indented));
        var environment = context.Folder.Read(EnvironmentDescription.FileName)?.AsObject() ?? [];
        report.Details("Environment", environment.Select(entry => (entry.Key, entry.Value?.ToString() ?? "")));
        report.Write(context.Folder.Report);
    }

    private static Device OpenDevice(string name)
    {
        if (name.StartsWith("cuda", StringComparison.Ordinal) && !cuda.is_available())
        {
            throw new UserException(
                $"--device {name}: LibTorch finds no CUDA device; use --device cpu, or build with "
                    + "-p:TorchSharpPackage=TorchSharp-cuda-linux on a machine that has one.");
        }


        return torch.device(name);
    }
}
