using Research.TextVae.Cli.Nightly;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Runs;

/// <summary>The folder of all runs.</summary>
internal sealed class RunStore(string? folder)
{
    private readonly string _folder =
        folder ?? (Environment.GetEnvironmentVariable("TEXTVAE_RUNS") is { Length: > 0 } configured ? configured : "runs");

    /// <summary>All runs, the newest first.</summary>
    /// <exception cref="UserException">There are none.</exception>
    public IReadOnlyList<Run> All() => Existing() is { Count: > 0 } runs
        ? runs
        : throw new UserException($"there are no runs in '{_folder}'. Begin one with textvae run, or name another folder with --runs.");

    /// <summary>All runs, the newest first; empty where there are none. A folder with the trend of nights holds nights.</summary>
    public IReadOnlyList<Run> Existing() => !Directory.Exists(_folder)
        ? []
        : [.. Directory.GetDirectories(_folder).Where(recipe => !File.Exists(Path.Combine(recipe, NightlyCommand.Trend)))
            .SelectMany(Directory.GetDirectories).Select(path => new Run(Path.GetFullPath(path)))
            .OrderByDescending(run => run.Id, StringComparer.Ordinal)];

    /// <summary>The run whose id begins with <paramref name="id"/>; the newest when it is null; the newest of a recipe when it is its
    /// name.</summary>
    /// <exception cref="UserException">There is none, or more than one.</exception>
    public Run Find(string? id)
    {
        var all = All();
        if (id is null)
            return all[0];
        if (all.FirstOrDefault(run => run.Recipe == id) is { } newest)
            return newest;
        var found = all.Where(run => run.Id.StartsWith(id, StringComparison.Ordinal)).ToList();
        return found switch
        {
            [var only] => only,
            [] => throw new UserException($"no run in '{_folder}' has an id that begins with '{id}'. See textvae runs list."),
            _ => throw new UserException($"{found.Count} runs in '{_folder}' have an id that begins with '{id}'. Give more of it."),
        };
    }

    /// <summary>The folder of a run or of one of its members: a path where it is one, otherwise what <see cref="Find"/> takes.</summary>
    /// <param name="run">What the user named; null for the newest run.</param>
    /// <param name="runs">The folder of the runs.</param>
    /// <exception cref="UserException">There is no such folder or run.</exception>
    public static string Locate(string? run, string? runs)
    {
        var isPath = run is not null && Directory.Exists(run)
            && (run.Contains(Path.DirectorySeparatorChar) || run.StartsWith('.') || Directory.Exists(Path.Combine(run, "members")));
        if (!isPath && run is not null && (run.Contains(Path.DirectorySeparatorChar) || run.Contains(Path.AltDirectorySeparatorChar)))
            throw new UserException($"there is no folder '{run}'; see textvae runs list.");
        return isPath ? run! : new RunStore(runs).Find(run).Folder;
    }
}
