using System.Runtime.InteropServices;

namespace Research.TextVae.Experiments;

/// <summary>Where and with what a run was made: its <c>environment.json</c>.</summary>
public sealed record EnvironmentDescription
{
    internal const string FileName = "environment.json";

    public required DateTimeOffset Started { get; init; }

    public required string TextVae { get; init; }

    public required string Dotnet { get; init; }

    public required string OperatingSystem { get; init; }

    public required string Processor { get; init; }

    public required int Cores { get; init; }

    /// <summary>The tensor engine with its version, BLAS and threads.</summary>
    public required string TensorEngine { get; init; }

    public required string CommandLine { get; init; }

    public static EnvironmentDescription Take(DateTimeOffset now) => new()
    {
        Started = now,
        TextVae = typeof(EnvironmentDescription).Assembly.GetName().Version?.ToString(3) ?? "",
        Dotnet = RuntimeInformation.FrameworkDescription,
        OperatingSystem = RuntimeInformation.OSDescription,
        Processor = ProcessorName(),
        Cores = Environment.ProcessorCount,
        TensorEngine = Research.TextVae.TensorEngine.Description,
        CommandLine = string.Join(' ', Environment.GetCommandLineArgs().Select((part, index) => index == 0 ? Path.GetFileName(part) : part)),
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
