using System.Diagnostics;
using System.Globalization;
using System.Text;
using Research.TextVae.Datasets;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Tests.Fuzzing;

/// <summary>
/// Inputs that are nearly right: each is read, or refused in one short line, in bounded time and memory. <c>./textvae test --fuzz N</c>
/// makes N of them for each reader; those that fail are kept in <c>artifacts/fuzz</c> and belong into the folder <c>corpus</c> once they
/// are mended.
/// </summary>
public sealed class FuzzTests
{
    private const int Fewest = 150, MostCharacters = 300, MostAllocated = 100_000_000, AllocatedPerByte = 5_000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private static int Cases =>
        int.TryParse(Environment.GetEnvironmentVariable("TEXTVAE_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var cases)
            ? cases
            : Fewest;

    public static TheoryData<string> Names => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void AnyInputIsReadOrRefusedInOneLine(string name)
    {
        var target = FuzzTargets.All.Single(target => target.Name == name);
        foreach (var seed in target.Seeds)
            target.Read(seed);

        var failures = new Dictionary<string, (string Problem, byte[] Input, int Count)>();
        var corpus = Path.Combine(AppContext.BaseDirectory, "Fuzzing", "corpus", name);
        var kept = Directory.Exists(corpus) ? Directory.GetFiles(corpus).Select(File.ReadAllBytes) : [];
        var stream = StableRandom.Derive(1, (ulong)name.Sum(c => (long)c * 31));
        var made = Enumerable.Range(0, Cases)
            .Select(i => Mutator.Mutate(target.Seeds, new StableRandom(StableRandom.Derive(stream, (ulong)i))));
        var count = 0;
        foreach (var input in kept.Concat(made))
        {
            count++;
            if (Problem(target, input) is not { } problem)
                continue;
            var kind = problem.Split('\n')[0];
            kind = kind.Length > 60 ? kind[..60] : kind;
            failures[kind] = failures.TryGetValue(kind, out var known) ? known with { Count = known.Count + 1 } : (problem, input, 1);
        }

        foreach (var ((_, input, _), i) in failures.Values.Select((failure, i) => (failure, i)))
            Keep(name, i, input);
        Assert.True(failures.Count == 0, $"{name}, {count} cases:\n"
            + string.Join('\n', failures.Values.Select(failure => $"{failure.Count} × {failure.Problem}\n  {Shown(failure.Input)}")));
    }

    private static string? Problem(FuzzTarget target, byte[] input)
    {
        var (time, bytes) = (TimeOnProcessor(), GC.GetAllocatedBytesForCurrentThread());
        try
        {
            target.Read(input);
        }
        catch (UserException refused)
        {
            if (refused.Message.Length > MostCharacters)
                return $"a message of {refused.Message.Length} characters: {refused.Message[..MostCharacters]}";
            if (refused.Message.Length == 0 || refused.Message.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029'))
                return $"a message that is no printable line: {Shown(Encoding.UTF8.GetBytes(refused.Message))}";
        }
        catch (Exception escaped)
        {
            var frame = new StackTrace(escaped).GetFrames().FirstOrDefault(f => f.GetMethod()?.DeclaringType?.Namespace
                ?.StartsWith("Research.TextVae", StringComparison.Ordinal) == true)?.GetMethod();
            return $"{escaped.GetType().Name} in {frame?.DeclaringType?.Name}.{frame?.Name}\n  "
                + string.Join("\n  ", escaped.ToString().Split('\n').Take(12));
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - bytes;
        if (allocated > MostAllocated + AllocatedPerByte * input.LongLength)
            return $"memory\n  {allocated / 1_000_000} MB for {input.Length} bytes";
        var taken = TimeOnProcessor() - time;
        return taken > Longest ? $"time\n  {taken.TotalSeconds:F1} s for {input.Length} bytes" : null;
    }

    // Of this thread alone, so that a busy machine does not count.
    private static TimeSpan TimeOnProcessor() => TimeSpan.FromMicroseconds(
        long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1000.0);

    private static void Keep(string name, int i, byte[] input)
    {
        var folder = Path.Combine(Workplace.Checkout, "artifacts", "fuzz", name);
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{i}.bin")), input);
    }

    private static string Shown(byte[] input) => Excerpt.Of(Encoding.Latin1.GetString(input), 200);
}
