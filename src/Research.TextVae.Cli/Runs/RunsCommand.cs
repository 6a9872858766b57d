using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Research.TextVae.Experiments;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Runs;

/// <summary><c>textvae runs list|show|compare|export</c>: what has been run and what came out.</summary>
internal static class RunsCommand
{
    private static readonly Option<string?> Folder = new("--runs")
    {
        Description = "The folder of the runs. Default: runs, or $TEXTVAE_RUNS.",
        HelpName = "folder",
        Recursive = true,
    };

    public static Command Create()
    {
        var one = new Argument<string?>("id")
        {
            Description = "The beginning of a run's id, or a recipe's name for its newest run. Default: the newest run.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var several = new Argument<string[]>("id") { Description = one.Description, Arity = ArgumentArity.ZeroOrMore };
        var list = new Command("list", "All runs, the newest first.");
        var show = new Command("show", "One run: its members, metrics and expectations.") { one };
        var compare = new Command("compare", "The metrics of all members of one or more runs side by side, and which settings differ.")
        {
            several,
        };
        var page = new Option<string?>("--page") { Description = "Write the curves over each other as a page.", HelpName = "file.html" };
        compare.Add(page);
        list.SetAction(result => List(Store(result)));
        show.SetAction(result => Show(Store(result).Find(result.GetValue(one))));
        compare.SetAction(result =>
        {
            var store = Store(result);
            var ids = result.GetValue(several) ?? [];
            Compare(ids.Length == 0 ? [store.Find(null)] : [.. ids.Select(store.Find)], result.GetValue(page));
        });
        return new Command("runs", "List, show, compare and export recorded runs.")
        {
            Folder, list, show, compare, RunExport.Create(Store),
        };
    }

    private static RunStore Store(ParseResult result) => new(result.GetValue(Folder));

    private static void List(RunStore store)
    {
        var table = Output.Table("recipe", "id", "started", "preset", ">seed", ">members", "expectations");
        foreach (var run in store.All())
        {
            var started = run.Started?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "–";
            try
            {
                var members = run.Members();
                table.Row(
                    run.Recipe, run.Id, started, run.Config.Text("preset") ?? "–", run.Config.Text("seed") ?? "–",
                    $"{members.Count(m => m.Finished)}/{members.Count}", run.Outcome);
            }
            catch (UserException damage)
            {
                var what = damage.Message.Replace(run.Folder + "/", "", StringComparison.Ordinal);
                table.Row(run.Recipe, run.Id, started, "–", "–", "–", what);
            }
        }

        Output.Write(table);
    }

    private static void Show(Run run)
    {
        Output.Line(run.Config.Text("title") ?? run.Recipe);
        Output.Line($"{run.Recipe} {run.Id}, preset {run.Config.Text("preset") ?? "unknown"}, seed {run.Config.Text("seed") ?? "unknown"}");
        if (run.Config?["parameters"] is JsonObject { Count: > 0 } parameters)
            Output.Line("parameters: " + string.Join(", ", RunChanges.Flatten(parameters).Select(p => $"{p.Key}={p.Value}")));
        if (run.Config?["data"] is JsonObject { Count: > 0 } data)
            Output.Line("data: " + string.Join(", ", RunChanges.Flatten(data).Select(text => $"{text.Key} (SHA-256 {text.Value})")));
        if (run.EnvironmentRecord is { } environment)
        {
            var commit = environment.Text("commit") is { } hash ? $" of commit {hash}" : "";
            var (system, processor) = (environment.Text("operatingSystem"), environment.Text("processor"));
            Output.Line($"begun: {environment.Text("started")}");
            Output.Line($"by: textvae {environment.Text("textVae")}{commit}, {environment.Text("dotnet")}");
            Output.Line($"on: {system}, {processor}, {run.Config.Text("device") ?? "cpu"}");
            Output.Line($"with: {environment.Text("tensorEngine")}");
            Output.Line($"command: {GenerateCommand.OnOneLine(environment.Text("commandLine") ?? "")}");
        }

        foreach (var (started, changes) in run.Resumptions)
            Output.Line($"continued: {started}{(changes.Length == 0 ? "" : $", although {changes}")}");
        Output.Line();
        WriteMetrics([.. run.Members().Select(member => (member.Name, member))]);
        if (run.Expectations is { } expectations)
        {
            Output.Line();
            foreach (var expectation in expectations)
            {
                var mark = Run.Passed(expectation) switch { true => "✓", false => "✗", null => "?" };
                Output.Line($"{mark} {expectation.Text("text")}: {expectation.Text("detail")}");
            }
        }

        Output.Line();
        Output.Line(run.Report is { } report ? $"report: {report}" : $"no report yet; continue the run with: --resume {run.Id}");
    }

    private static void Compare(IReadOnlyList<Run> runs, string? page)
    {
        (string Label, Member Member)[] members =
            [.. runs.SelectMany(run => run.Members().Select(member => (runs.Count > 1 ? $"{run.Id} {member.Name}" : member.Name, member)))];
        if (members.Length == 0)
            throw new UserException("no member of these runs has begun; there is nothing to compare.");
        WriteMetrics(members);

        if (page is not null)
            RunCurves.Write(page, members);

        var settings = members.Select(m => RunChanges.Flatten(m.Member.Config?["config"])).ToList();
        var differing = settings.SelectMany(s => s.Keys).Distinct()
            .Where(key => settings.Select(s => s.GetValueOrDefault(key)).Distinct().Count() > 1)
            .ToList();
        Output.Line();
        if (differing.Count == 0)
        {
            Output.Line("The settings do not differ.");
            return;
        }

        var table = Output.Table(["what differs", .. members.Select(m => m.Label)]);
        foreach (var key in differing)
            table.Row([key, .. settings.Select(s => s.GetValueOrDefault(key, "–"))]);
        Output.Write(table);
    }

    private static void WriteMetrics((string Label, Member Member)[] members)
    {
        var columns = MetricColumns.Of(members.Select(member => member.Member));
        var table = Output.Table(["member", "status", .. columns.Select(column => ">" + column.Title)]);
        foreach (var (label, member) in members)
            table.Row([label, member.Status, .. columns.Select(c => MetricColumns.Format(member.Latest, c.Key, c.Format))]);
        Output.Write(table);
        if (members.Any(m => !m.Member.Finished))
            Output.Line("Members that are not finished show their last validation.");
    }
}
