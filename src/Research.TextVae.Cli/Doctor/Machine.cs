using System.Globalization;
using System.Runtime.InteropServices;

namespace Research.TextVae.Cli.Doctor;

/// <summary>Runtime, processor, memory.</summary>
internal static class Machine
{
    private const double GiB = 1024.0 * 1024 * 1024;

    public static IEnumerable<Finding> Examine()
    {
        yield return new Finding("textvae", CommandLine.Version);
        yield return new Finding(".NET",
            $"{Environment.Version} on {OperatingSystemName()}, {RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}");
        yield return new Finding(
            "processor", string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} × {ProcessorName()}"));

        // The limit of the container where there is one.
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / GiB;
        yield return new Finding(
            "memory", string.Create(CultureInfo.InvariantCulture, $"{memory:F1} GiB, {AvailableMemory():F1} GiB of the machine free"));
    }

    private static string OperatingSystemName() =>
        FieldOf("/etc/os-release", "PRETTY_NAME=")?.Trim('"') ?? RuntimeInformation.OSDescription;

    private static string ProcessorName() => FieldOf("/proc/cpuinfo", "model name")?.TrimStart(' ', '\t', ':') ?? "unknown processor";

    private static double AvailableMemory() =>
        FieldOf("/proc/meminfo", "MemAvailable:") is { } text
            && long.TryParse(text.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], out var kibibytes)
            ? kibibytes * 1024 / GiB
            : double.NaN;

    private static string? FieldOf(string file, string name) => File.Exists(file)
        ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..]
        : null;
}
