using System.Globalization;
using Research.TextVae.Support;

namespace Research.TextVae.Experiments;

/// <summary>What a recipe is called with; the same under <c>textvae run</c> and <c>dotnet script</c>.</summary>
public sealed record RunOptions
{
    private const int MostJobs = 1024;

    /// <summary>The options, for a help text.</summary>
    public static IReadOnlyList<(string Option, string Meaning)> Help { get; } =
    [
        ("-p, --parameter name=value", "sets a parameter of the recipe; may be repeated (a wrong name lists them all)"),
        ("--smoke", "the smallest size: seconds, to see that everything works"),
        ("--full", "the scale of the literature"),
        ("--seed N", "seed of everything random (default 1)"),
        ("--device cpu|cuda", "where to compute (default cpu)"),
        ("--resume ID", "continues the run with this id"),
        ("--accept-changes", "continues it although recipe, data or version have changed; members not finished begin anew"),
        ("--jobs N", "does N members at a time, each in a process of its own with its share of the cores (default 1)"),
        ("--runs DIR", "folder of the runs (default ./runs, or TEXTVAE_RUNS)"),
    ];

    /// <summary>Size of the run.</summary>
    public Preset Preset { get; init; } = Preset.Standard;

    /// <summary>Seed that all random streams of the run are derived from.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary><c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Id of the run to continue.</summary>
    public string? Resume { get; init; }

    /// <summary>Whether the run to continue may differ from what it was begun with.</summary>
    public bool AcceptChanges { get; init; }

    /// <summary>How many members are done at a time.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Whether this process does members of a run that another one has begun and will report; null for a process of its
    /// own.</summary>
    internal WorkerKind? Worker { get; init; }

    /// <summary>Size, seed and device where they were given, by their option, such as <c>--seed</c>.</summary>
    public IReadOnlyDictionary<string, string> Given { get; init; } = new Dictionary<string, string>();

    /// <summary>Folder of all runs.</summary>
    public string Runs { get; init; } = "runs";

    /// <summary>Parameters set by the user, by name.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads the arguments of a recipe.</summary>
    /// <exception cref="UserException">An argument is unknown or malformed.</exception>
    public static RunOptions Parse(IEnumerable<string> args, string? runs = null)
    {
        ArgumentNullException.ThrowIfNull(args);
        var options = new RunOptions { Runs = string.IsNullOrEmpty(runs) ? "runs" : runs };
        var (parameters, given) = (new Dictionary<string, string>(), new Dictionary<string, string>());
        using var rest = args.GetEnumerator();
        while (rest.MoveNext())
        {
            var (name, inline) = SplitOption(rest.Current);
            string Value() =>
                inline ?? (rest.MoveNext()
                    ? rest.Current
                    : throw new UserException($"{Excerpt.Of(name)} needs a value; see textvae run --help."));
            string Noted(string value) => given[name] = value;
            options = name switch
            {
                "-p" or "--parameter" => AddParameter(options, parameters, Value()),
                "--smoke" or "--full" when inline is not null => throw new UserException($"{name} takes no value; leave ={inline} out."),
                "--smoke" when Noted("") is not null => options with { Preset = Preset.Smoke },
                "--full" when Noted("") is not null => options with { Preset = Preset.Full },
                "--seed" => options with { Seed = ParseSeed(Noted(Value())) },
                "--device" => options with { Device = ParseDevice(Noted(Value())) },
                "--resume" => options with { Resume = Value() },
                "--accept-changes" => options with { AcceptChanges = true },
                "--jobs" => options with { Jobs = ParseJobs(Value()) },
                Workers.Option => options with { Worker = Enum.Parse<WorkerKind>(Value()) },
                "--runs" => options with { Runs = Value() },
                _ => throw Unknown(name),
            };
        }

        if (given.ContainsKey("--smoke") && given.ContainsKey("--full"))
            throw new UserException("--smoke and --full are two sizes; leave one of them out.");
        if (options is { AcceptChanges: true, Resume: null })
            throw new UserException("--accept-changes is for a run that is continued; give --resume with it, or leave it out.");
        return options with { Parameters = parameters, Given = given };
    }

    private static UserException Unknown(string name)
    {
        string[] known = [.. Help.SelectMany(entry => entry.Option.Split(' ').Select(part => part.TrimEnd(',')))
            .Where(part => part.StartsWith('-'))];
        var meant = Nearest.To(name, known) is { } nearest ? $" did you mean {nearest}?" : "";
        return new UserException($"unknown option '{Excerpt.Of(name)}';{meant} a recipe takes {string.Join(", ", known)}.");
    }

    // --seed=3 as well as --seed 3; a parameter's own = stays in its value.
    private static (string Name, string? Value) SplitOption(string argument)
    {
        var sign = argument.IndexOf('=', StringComparison.Ordinal);
        return argument.StartsWith("--", StringComparison.Ordinal) && sign > 0
            ? (argument[..sign], argument[(sign + 1)..])
            : (argument, null);
    }

    private static RunOptions AddParameter(RunOptions options, Dictionary<string, string> parameters, string text)
    {
        var sign = text.IndexOf('=', StringComparison.Ordinal);
        if (sign <= 0)
            throw new UserException($"-p {Excerpt.Of(text)}: a parameter is given as name=value.");
        parameters[text[..sign]] = text[(sign + 1)..];
        return options;
    }

    private static ulong ParseSeed(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) && seed <= long.MaxValue
            ? seed
            : throw new UserException($"--seed {Excerpt.Of(text)}: a seed is a whole number from 0 to {long.MaxValue}.");

    private static int ParseJobs(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var jobs) && jobs is > 0 and <= MostJobs
            ? jobs
            : throw new UserException($"--jobs {Excerpt.Of(text)}: a number of members at a time from 1 to {MostJobs}.");

    private static string ParseDevice(string text) =>
        text is "cpu" or "cuda"
            || (text.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(text[5..], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            ? text
            : throw new UserException($"--device {Excerpt.Of(text)}: known devices are cpu, cuda and cuda:0, cuda:1, ….");
}

/// <summary>How large a recipe's experiment is.</summary>
public enum Preset
{
    /// <summary>Minutes on an ordinary machine: the size its expectations are stated for.</summary>
    Standard,

    /// <summary>Seconds: shows that everything works, expectations about quality are not checked.</summary>
    Smoke,

    /// <summary>The scale of the literature.</summary>
    Full,
}
