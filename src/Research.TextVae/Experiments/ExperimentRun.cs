using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Research.TextVae.Reports;
using Research.TextVae.Support;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Experiments;

/// <summary>Executes an experiment: does what is not done yet, writes the report, checks the expectations.</summary>
internal sealed class ExperimentRun(
    RunDescription description, Experiment experiment, RunOptions options, RunConsole console, TimeProvider time)
{
    /// <summary>Is told of every run that begins in this process or goes on, for a program that shows it meanwhile.</summary>
    internal static event Action<RunFolder>? Begun;

    /// <param name="resumed">The run to continue; null to begin one.</param>
    /// <param name="cancellation">Stops it at the next step, with a checkpoint.</param>
    public int Execute(RunFolder? resumed, CancellationToken cancellation)
    {
        var device = OpenDevice(options.Device);
        foreach (var member in description.Members)
            FolderName.Require(member.Name, "member");
        if (description.Members.Select(member => member.Name).Distinct().Count() < description.Members.Count)
            throw new UserException("two members of the experiment have one name; give each value or variant once.");
        using var folder = resumed ?? RunFolder.Create(options.Runs, description.Recipe, time.GetUtcNow());
        var context = new RunContext(folder, description, console, device, time, cancellation);
        console.Begin(folder, experiment.DataSummary);
        if (options.Worker is not null)
            Join(context);
        else if (resumed is null)
            Begin(folder);
        else
            description = Continue(context);
        Begun?.Invoke(folder);
        try
        {
            if (options is { Jobs: > 1, Worker: null })
                Workers.Run(folder, Math.Min(options.Jobs, Unfinished(context)), options, console, cancellation);
            var number = 0;
            foreach (var member in description.Members)
                Do(member, ++number, context);
            if (options.Worker is not null)
                return ExitCode.Success;
        }
        catch (OperationCanceledException)
        {
            console.Interrupted(folder);
            return ExitCode.Interrupted;
        }

        var outcomes = Check();
        folder.Write("expectations.json", outcomes);
        var headlines = experiment.Headlines();
        folder.Write("headlines.json", headlines);
        WriteReport(context, outcomes, headlines);
        console.End(experiment.ToTable(), outcomes, folder);
        return outcomes.Any(outcome => outcome.Passed == false) ? ExitCode.ExpectationFailed : ExitCode.Success;
    }

    private int Unfinished(RunContext context) => description.Members.Count(member => !experiment.IsFinished(member, context));

    // What another process does or has done, a worker leaves to it; where this process needs the result, the first is a mistake.
    private void Do(MemberDescription member, int number, RunContext context)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        var isWorker = options.Worker is not null;
        if (isWorker && experiment.IsFinished(member, context))
            return;
        using var taken = context.Folder.TryTake(member.Name);
        if (taken is null && !isWorker)
            throw new UserException(
                $"--resume {context.Folder.Id}: another process is at member {member.Name}; wait until it ends, or stop it.");
        var finished = experiment.IsFinished(member, context);
        if (taken is null || (isWorker && finished))
            return;
        console.BeginMember(member.Name, number, description.Members.Count);
        if (!finished)
            context.Folder.Write(Path.Combine("members", member.Name, RunDescription.FileName), member);
        experiment.Run(member, context);
    }

    private void Begin(RunFolder folder)
    {
        folder.Write(RunDescription.FileName, description);
        folder.Write(EnvironmentDescription.FileName, EnvironmentDescription.Take(time.GetUtcNow()));
    }

    // A worker writes nothing of the run but its members.
    private void Join(RunContext context) => _ = Changes(
        context.Folder, context.Folder.Read(RunDescription.FileName)!, EnvironmentDescription.Take(time.GetUtcNow()));

    private RunChanges Changes(RunFolder folder, JsonNode stored, EnvironmentDescription here)
    {
        var changes = RunChanges.Between(stored, folder.Read(EnvironmentDescription.FileName), description, here);
        return changes.All.Count == 0 || options.AcceptChanges
            ? changes
            : throw new UserException(
                $"--resume {folder.Id}: {changes}. Undo that, start a new run, or add --accept-changes: finished members stay as they are, "
                    + "others that it touches begin anew.");
    }

    // The records of the beginning stay; what it is continued with is added to them.
    private RunDescription Continue(RunContext context)
    {
        var (folder, here) = (context.Folder, EnvironmentDescription.Take(time.GetUtcNow()));
        var stored = folder.Read(RunDescription.FileName)!;
        var environment = folder.Read(EnvironmentDescription.FileName) as JsonObject;
        var changes = Changes(folder, stored, here);
        if (environment?["tensorEngine"]?.ToString() is { } engine && engine != here.TensorEngine)
            console.Note($"begun with {engine}; with {here.TensorEngine} the numbers may differ in their last digits.");
        JsonLines.Append(Path.Combine(folder.Path, "resumed.jsonl"), new Resumption(here, changes.All));
        if (changes.All.Count == 0)
            return description;

        console.Note($"continued although {changes}.");
        var finished = description.Members.Where(member => experiment.IsFinished(member, context))
            .Select(member => member.Name).ToHashSet();
        foreach (var member in changes.Anew.Where(member => !finished.Contains(member)))
            folder.Replace(member);
        var before = RunChanges.Configurations(stored);
        var kept = description with
        {
            Members = [.. description.Members.Select(member =>
                finished.Contains(member.Name) && before.TryGetValue(member.Name, out var config)
                    ? member with { Config = config?.DeepClone() }
                    : member)],
        };
        folder.Write(RunDescription.FileName, kept);
        return kept;
    }

    private List<ExpectationResult> Check() =>
    [
        .. experiment.Judge().Select(claim => new ExpectationResult(
            claim.Text, description.Preset == Preset.Smoke ? null : claim.Verdict.Held, claim.Verdict.Detail)),
    ];

    // Built from what the run's folder holds, so that it can be built again.
    private void WriteReport(RunContext context, IReadOnlyList<ExpectationResult> outcomes, IReadOnlyList<Headline> headlines)
    {
        var judged = outcomes.Count(outcome => outcome.Passed is not null);
        var held = outcomes.Count(outcome => outcome.Passed == true);
        var report = new HtmlReport(description.Title).Subtitle(description.About);
        foreach (var headline in headlines)
            report.Text($"**{headline.System}**: {headline.Figure}.");
        report.Tiles(
        [
            new Tile("expectations", judged == 0 ? "–" : $"{held} / {judged}", Note: judged == 0 ? "not checked at this size" : "held"),
            .. experiment.Tiles(),
        ]);
        report.Section("What was expected").Expectations(outcomes);
        experiment.Report(report, context);

        report.Section("How it was made");
        if (experiment.DataSummary.Length > 0)
            report.Text($"{experiment.DataSummary}.");
        if (description.Data.Count > 0)
            report.Details("SHA-256 of the texts", description.Data.Select(text => (text.Key, text.Value)));
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

    private sealed record Resumption(EnvironmentDescription Environment, IReadOnlyList<string> Changes);
}
