using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Research.TextVae.Charts;
using Research.TextVae.Kernels;
using Research.TextVae.Reports;
using Research.TextVae.Support;

namespace Research.TextVae.Experiments;

/// <summary>
/// The folder that holds all records of a run: <c>runs/&lt;recipe&gt;/&lt;id&gt;/</c> with <c>config.json</c>, <c>environment.json</c>,
/// a folder for each member, and what is built from them (<c>expectations.json</c>, <c>figures/</c>, <c>report.html</c>). One process
/// holds it, until it is disposed of or the process ends in whatever way.
/// </summary>
public sealed class RunFolder : IDisposable
{
    private const string LockName = "lock", HolderName = "process.json";

    private FileStream? _held;

    private RunFolder(string path, string id)
    {
        Path = path;
        Id = id;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The run's id within its recipe.</summary>
    public string Id { get; }

    /// <summary>The finished page.</summary>
    public string Report => System.IO.Path.Combine(Path, "report.html");

    /// <summary>Makes the folder of a new run.</summary>
    /// <exception cref="UserException">The folder cannot be made.</exception>
    public static RunFolder Create(string runs, string recipe, DateTimeOffset now)
    {
        var stamp = now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        // Two runs begun in the same second differ by process; a rerun within one process counts on.
        for (var salt = Environment.ProcessId; ; salt++)
        {
            var id = $"{stamp}-{salt & 0xFFFF:x4}";
            var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(runs, FolderName.Require(recipe, "recipe"), id));
            if (Directory.Exists(path))
                continue;
            try
            {
                Directory.CreateDirectory(path);
                return new RunFolder(path, id).Held();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new UserException(
                    $"{path}: cannot be made ({exception.Message.TrimEnd('.')}); choose another place with --runs.", exception);
            }
        }
    }

    /// <summary>Finds a run by its id or the beginning of it, and holds it.</summary>
    /// <exception cref="UserException">There is no such run, or more than one, or another process holds it.</exception>
    public static RunFolder Open(string runs, string recipe, string id)
    {
        var folder = Find(runs, recipe, id);
        try
        {
            return folder.Held();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException(
                $"--resume {id}: {folder.Path} cannot be written ({exception.Message.TrimEnd('.')}); make it writable.", exception);
        }
    }

    private static RunFolder Find(string runs, string recipe, string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        var parent = System.IO.Path.GetFullPath(System.IO.Path.Combine(runs, FolderName.Require(recipe, "recipe")));
        if (id.Length == 0 || !id.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'))
            throw new UserException(
                $"--resume '{Excerpt.Of(id)}': an id is like 20261101-101500-00aa, or the beginning of one; textvae runs list shows them.");
        string[] found = Directory.Exists(parent)
            ? [.. Directory.GetDirectories(parent).Where(path => System.IO.Path.GetFileName(path).StartsWith(id, StringComparison.Ordinal))]
            : [];
        var only = found switch
        {
            [var one] => one,
            [] => throw new UserException($"--resume {Excerpt.Of(id)}: no such run in {parent}; textvae runs list shows them."),
            _ => throw new UserException($"--resume {id}: {found.Length} runs in {parent} begin so; give the whole id."),
        };
        return new RunFolder(only, System.IO.Path.GetFileName(only));
    }

    /// <summary>Holds a member, so that no other process does it too; null where another one has it.</summary>
    internal IDisposable? TryTake(string member)
    {
        try
        {
            return Lock(System.IO.Path.Combine(Member(member), LockName));
        }
        catch (IOException exception) when (IsSharingViolation(exception))
        {
            return null;
        }
    }

    /// <summary>Finds a run that another process has begun, to do members of it beside others.</summary>
    /// <inheritdoc cref="Open"/>
    internal static RunFolder Join(string runs, string recipe, string id) => Find(runs, recipe, id);

    /// <summary>The folder of a member, made when absent.</summary>
    public string Member(string name) =>
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "members", FolderName.Require(name, "member"))).FullName;

    /// <summary>Lets other processes continue the run.</summary>
    public void Dispose() => _held?.Dispose();

    /// <summary>Moves a member's folder to <c>replaced/</c>, so that it begins anew and nothing is lost.</summary>
    internal void Replace(string member)
    {
        var from = System.IO.Path.Combine(Path, "members", member);
        if (!Directory.Exists(from))
            return;
        var replaced = Directory.CreateDirectory(System.IO.Path.Combine(Path, "replaced")).FullName;
        var number = 1;
        while (Directory.Exists(System.IO.Path.Combine(replaced, $"{member} {number}")))
            number++;
        Directory.Move(from, System.IO.Path.Combine(replaced, $"{member} {number}"));
    }

    // The lock is the open file, not its existence, so a process that dies leaves none behind.
    private RunFolder Held()
    {
        try
        {
            _held = Lock(System.IO.Path.Combine(Path, LockName));
        }
        catch (IOException exception) when (IsSharingViolation(exception))
        {
            throw new UserException($"--resume {Id}: {Holder()} holds this run; wait until it ends, or stop it.", exception);
        }

        Write(HolderName, new RunProcess(Environment.ProcessId, Environment.MachineName));
        return this;
    }

    private static FileStream Lock(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    // EWOULDBLOCK of Linux, of macOS, and ERROR_SHARING_VIOLATION.
    private static bool IsSharingViolation(IOException exception) => (exception.HResult & 0xFFFF) is 11 or 35 or 32;

    private string Holder()
    {
        try
        {
            return Read(HolderName)?.Deserialize<RunProcess>(Json.Indented) is { } holder
                ? $"process {holder.Process} on {holder.Machine}"
                : "another process";
        }
        catch (Exception exception) when (Json.IsMisread(exception) || exception is UserException)
        {
            return "another process";
        }
    }

    private sealed record RunProcess(int Process, string Machine);

    /// <summary>Writes a JSON file as a whole or not at all.</summary>
    /// <exception cref="UserException">It cannot be written, a full disk for instance.</exception>
    internal void Write(string name, object value) => AtomicFile.Write(
        System.IO.Path.Combine(Path, name), stream => JsonSerializer.Serialize(stream, value, Json.Indented));

    /// <summary>Writes a text file as a whole or not at all.</summary>
    /// <exception cref="UserException">It cannot be written.</exception>
    internal void WriteText(string name, string text) => AtomicFile.Write(System.IO.Path.Combine(Path, name), text);

    /// <summary>Adds a figure to a report and keeps its JSON in <c>figures/</c>.</summary>
    internal void AddFigure(HtmlReport report, string name, Figure figure, string caption)
    {
        WriteText(System.IO.Path.Combine("figures", FolderName.Require(name, "figure") + ".json"), figure.ToJson());
        report.Figure(figure, caption);
    }

    /// <summary>Reads a JSON file of the run as what it holds; null when it is not there.</summary>
    /// <exception cref="UserException">It is damaged, or holds something else.</exception>
    internal T? Read<T>(string name)
        where T : class
    {
        try
        {
            return Read(name)?.Deserialize<T>(Json.Indented);
        }
        catch (Exception exception) when (Json.IsMisread(exception))
        {
            throw new UserException(
                $"{System.IO.Path.Combine(Path, name)}: not what this version writes ({Excerpt.Of(exception.Message)}); restore it, or "
                    + "start a new run.", exception);
        }
    }

    /// <summary>Reads a JSON file of the run; null when it is not there.</summary>
    /// <exception cref="UserException">It is damaged.</exception>
    internal JsonNode? Read(string name)
    {
        var path = System.IO.Path.Combine(Path, name);
        try
        {
            return File.Exists(path) ? StrictJson.ParseNode(File.ReadAllText(path)) : null;
        }
        catch (JsonException exception)
        {
            throw new UserException($"{path}: damaged ({Excerpt.Of(exception.Message)}); restore it, or start a new run.", exception);
        }
    }
}

/// <summary>What a run does, in full: its <c>config.json</c>.</summary>
public sealed record RunDescription
{
    internal const string FileName = "config.json";

    /// <summary>Name of the recipe, as in <c>runs/&lt;recipe&gt;/</c>.</summary>
    public required string Recipe { get; init; }

    /// <summary>Title of the report.</summary>
    public required string Title { get; init; }

    /// <summary>What the run investigates, in a sentence.</summary>
    public required string About { get; init; }

    /// <summary>Size of the run.</summary>
    public required Preset Preset { get; init; }

    /// <summary>Seed that all random streams of the run are derived from.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Device that the models are trained on, such as <c>cpu</c>.</summary>
    public required string Device { get; init; }

    /// <summary>The recipe's parameters with the values used.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>The texts it works on by name, with the SHA-256 of their content.</summary>
    public IReadOnlyDictionary<string, string> Data { get; init; } = new Dictionary<string, string>();

    /// <summary>SHA-256 of the recipe's file; null where there is none.</summary>
    public string? Source { get; init; }

    /// <summary>The members, in the order in which they run.</summary>
    public required IReadOnlyList<MemberDescription> Members { get; init; }
}

/// <summary>Where and with what a run was made: its <c>environment.json</c>.</summary>
public sealed record EnvironmentDescription
{
    internal const string FileName = "environment.json";

    /// <summary>Start of the run.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Version of this library.</summary>
    public required string TextVae { get; init; }

    /// <summary>The commit that this library was built from; null where that is unknown.</summary>
    public string? Commit { get; init; }

    /// <summary>Version of the .NET runtime.</summary>
    public required string Dotnet { get; init; }

    /// <summary>Name and version of the operating system.</summary>
    public required string OperatingSystem { get; init; }

    /// <summary>Model of the processor.</summary>
    public required string Processor { get; init; }

    /// <summary>Number of logical processors that the process may use.</summary>
    public required int Cores { get; init; }

    /// <summary>The tensor engine with its version, BLAS and threads.</summary>
    public required string TensorEngine { get; init; }

    /// <summary>The command that started the run, with its arguments.</summary>
    public required string CommandLine { get; init; }

    /// <summary>Describes the present process.</summary>
    public static EnvironmentDescription Take(DateTimeOffset now) => new()
    {
        Started = now,
        TextVae = typeof(EnvironmentDescription).Assembly.GetName().Version?.ToString(3) ?? "",
        Commit = typeof(EnvironmentDescription).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+') is [_, var commit] ? commit : null,
        Dotnet = RuntimeInformation.FrameworkDescription,
        OperatingSystem = RuntimeInformation.OSDescription,
        Processor = ProcessorName(),
        Cores = Environment.ProcessorCount,
        TensorEngine = Kernels.TensorEngine.Description,
        CommandLine = string.Join(' ', Environment.GetCommandLineArgs()
            .Select((part, index) => index == 0 ? Path.GetFileName(part) : part)),
    };

    private static string ProcessorName()
    {
        const string cpuInfo = "/proc/cpuinfo";
        var line = File.Exists(cpuInfo)
            ? File.ReadLines(cpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
