using System.CommandLine;
using System.Globalization;
using System.Text;
using Research.TextVae.Experiments;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Runs;

/// <summary><c>textvae runs export</c>: a run's numbers for other programs.</summary>
internal static class RunExport
{
    public static Command Create(Func<ParseResult, RunStore> store)
    {
        var id = new Argument<string?>("id")
        {
            Description = "The beginning of a run's id, or a recipe's name for its newest run. Default: the newest run.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var csv = new Option<string?>("--csv") { Description = "Write every number, one a line.", HelpName = "file" };
        var board = new Option<string?>("--tensorboard") { Description = "Write event files, a folder a member.", HelpName = "folder" };
        var flow = new Option<string?>("--mlflow") { Description = "Write a file store, a run a member.", HelpName = "folder" };
        var command = new Command("export", "Write a run's numbers as CSV, for TensorBoard or for MLflow.") { id, csv, board, flow };
        command.SetAction(result =>
        {
            (string? Path, Action<string, Run, IReadOnlyList<Member>> Write)[] asked =
            [
                (result.GetValue(csv), Csv), (result.GetValue(board), TensorBoard.Write), (result.GetValue(flow), MLflow.Write),
            ];
            if (asked.All(target => target.Path is null))
                throw new UserException("say what to write: --csv file, --tensorboard folder or --mlflow folder.");
            var run = store(result).Find(result.GetValue(id));
            var members = run.Members();
            foreach (var (path, write) in asked.Where(target => target.Path is not null))
            {
                write(path!, run, members);
                Output.Line($"{run.Id}: {path}");
            }
        });
        return command;
    }

    private static void Csv(string path, Run run, IReadOnlyList<Member> members)
    {
        var text = new StringBuilder("run,member,name,step,time,value\n");
        foreach (var member in members)
        {
            foreach (var (name, step, time, value) in RunCurves.Of(member))
                text.Append(CultureInfo.InvariantCulture,
                    $"{run.Id},{Quoted(member.Name)},{Quoted(name)},{step},{(time == default ? "" : $"{time:O}")},{value:R}\n");
        }

        AtomicFile.Write(path, text.ToString());
    }

    // RFC 4180.
    private static string Quoted(string text) => text.AsSpan().ContainsAny(",\"\r\n")
        ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : text;
}
