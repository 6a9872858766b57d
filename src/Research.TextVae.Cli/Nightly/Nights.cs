using System.Diagnostics;
using System.Text.Json.Nodes;
using Research.TextVae.Cli.Runs;
using Research.TextVae.Experiments;
using Research.TextVae.Support;
using Research.TextVae.Training;

namespace Research.TextVae.Cli.Nightly;

/// <summary>A night: its name, the commit and size it is of, and what it runs.</summary>
internal sealed record Night(string Name, string Commit, string Size, IReadOnlyList<NightWork> Works);

/// <summary>A recipe or notebook.</summary>
internal sealed record NightWork(string Name, string Path)
{
    public bool IsNotebook => Path.EndsWith(".ipynb", StringComparison.Ordinal);
}

/// <summary>
/// The folder of all nights: <c>trend.jsonl</c> with a line for each recipe and notebook of each night, <c>index.html</c>, and for each
/// night a folder with logs, runs and executed notebooks. One process holds it.
/// </summary>
internal sealed class Nights : IDisposable
{
    private const string Smoke = "smoke";

    private readonly string _folder;
    private readonly FileStream _held;

    /// <exception cref="UserException">The folder cannot be written, or another process holds it.</exception>
    public Nights(string folder)
    {
        _folder = folder;
        try
        {
            Directory.CreateDirectory(folder);
            _held = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException(
                $"{folder} cannot be held for a night ({error.Message.TrimEnd('.')}); wait until another has ended, or give another "
                    + "folder with --output.", error);
        }
    }

    private string Trend => Path.Combine(_folder, NightlyCommand.Trend);

    public void Dispose() => _held.Dispose();

    /// <summary>Runs what a night has not run yet, one after the other, and writes the page.</summary>
    /// <returns>An <see cref="ExitCode"/>: 1 when a claim does not hold, a figure is outside its tolerance or something crashed.</returns>
    public int Run(
        Night night, IReadOnlyList<ReferenceRow> reference, IReadOnlyDictionary<string, string> documented, TimeProvider time,
        CancellationToken stop)
    {
        var begun = NightItem.ReadAll(Trend).Where(item => item.Night == night.Name).ToList();
        if (begun.Find(item => item.Commit != night.Commit || item.Size != night.Size) is { } other)
            throw new UserException(
                $"the night {night.Name} was begun with {other.Size} size on commit {other.Commit}; this is {night.Size} size on commit "
                    + $"{night.Commit}. Give another name with --night.");
        var done = begun.Select(item => item.Name).ToHashSet();
        foreach (var work in night.Works.Where(work => !done.Contains(work.Name)))
        {
            var item = Run(night, work, time, stop);
            if (stop.IsCancellationRequested)
            {
                Output.Line($"Stopped. The same command with --night {night.Name} goes on with what is missing.");
                return ExitCode.Interrupted;
            }

            JsonLines.Append(Trend, item);
            Say(item);
        }

        var all = NightItem.ReadAll(Trend).Where(item => item.Size == night.Size).ToList();
        var names = night.Works.Select(work => work.Name).ToHashSet();
        var outcome = NightOutcome.Of([.. all.Where(item => item.Night == night.Name && names.Contains(item.Name))], reference);
        var page = Path.Combine(_folder, "index.html");
        NightPage.Write(page, night, outcome, all, documented);
        foreach (var failure in outcome.Failures)
            Output.Line($"✗ {failure.Name}: {failure.What}  {failure.Detail}");
        Output.Line($"{outcome.Summary}; {page}");
        return outcome.Failures.Count > 0 ? ExitCode.ExpectationFailed : ExitCode.Success;
    }

    private NightItem Run(Night night, NightWork work, TimeProvider time, CancellationToken stop)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, night.Name)).FullName;
        var (log, begun) = (Path.Combine(folder, work.Name + ".log"), time.GetTimestamp());
        var item = work.IsNotebook ? RunNotebook(night, work, folder, log, stop) : RunRecipe(night, work, folder, log, stop);
        return item with { Seconds = Math.Round(time.GetElapsedTime(begun).TotalSeconds, 1) };
    }

    private static NightItem RunRecipe(Night night, NightWork work, string folder, string log, CancellationToken stop)
    {
        var store = new RunStore(Path.Combine(folder, work.Name));
        List<string> arguments = ["run", work.Path, "--runs", Path.Combine(folder, work.Name)];
        if (night.Size == Smoke)
            arguments.Add("--smoke");
        // A run of this night that was stopped; one that has not described itself yet has nothing to continue.
        if (store.Existing().FirstOrDefault(run => File.Exists(Path.Combine(run.Folder, RunDescription.FileName))) is { } stopped)
            arguments.AddRange(["--resume", stopped.Id]);
        var item = Empty(night, work, OwnProgram.Run(arguments, log, stop));
        if (!item.Ended || store.Existing() is not [var run, ..])
            return item;
        try
        {
            return item with
            {
                Claims = [.. (run.Expectations ?? []).Select(claim => new NightClaim(
                    claim.Text("text") ?? "", Runs.Run.Passed(claim), claim.Text("detail")))],
                Headlines = (run.Headlines ?? []).OfType<JsonObject>().DistinctBy(headline => headline.Text("system"))
                    .ToDictionary(headline => headline.Text("system") ?? "", headline => headline.Text("figure") ?? ""),
                Rows = RunRow.Of(run),
            };
        }
        catch (UserException error)
        {
            File.AppendAllText(log, $"error: {error.Message}\n");
            return item with { ExitCode = ExitCode.UserError };
        }
    }

    // What is stored in the repository was computed on another machine, so this one's outputs are stored first.
    private static NightItem RunNotebook(Night night, NightWork work, string folder, string log, CancellationToken stop)
    {
        var copy = Path.Combine(folder, work.Name + ".ipynb");
        string[] size = night.Size == Smoke ? ["-p", "size=smoke"] : [];
        var ran = OwnProgram.Run(["notebook", "run", "-o", copy, .. size, "--", work.Path], log, stop);
        var item = Empty(night, work, ran);
        if (ran != ExitCode.Success || stop.IsCancellationRequested)
            return item;
        var again = OwnProgram.Run(["notebook", "check", "--", copy], log, stop);
        return item with
        {
            ExitCode = again,
            Claims = again is ExitCode.Success or ExitCode.ExpectationFailed
                ? [new NightClaim("a second run prints the same", again == ExitCode.Success, null)]
                : [],
        };
    }

    private static NightItem Empty(Night night, NightWork work, int exitCode) => new(
        night.Name, night.Commit, night.Size, work.Name, exitCode, 0, [], new Dictionary<string, string>(), []);

    private static void Say(NightItem item)
    {
        var held = item.Claims.Count(claim => claim.Passed == true);
        var what = !item.Ended ? $"ended with exit code {item.ExitCode}"
            : $"{held} of {item.Claims.Count(claim => claim.Passed is not null)} claims held";
        var time = RunConsole.Clock(TimeSpan.FromSeconds(item.Seconds));
        Output.Line($"{(item.ExitCode == ExitCode.Success ? "✓" : "✗")} {item.Name}  {time}  {what}");
    }
}
