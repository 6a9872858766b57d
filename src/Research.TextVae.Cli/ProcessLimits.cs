using System.Globalization;
using System.Runtime.InteropServices;

namespace Research.TextVae.Cli;

/// <summary>
/// What a process may have at once, by <c>ulimit</c>. Too little of it would end the runtime at an assembly that it cannot open or a thread
/// that it cannot start, so it is looked at before anything else is loaded.
/// </summary>
internal static partial class ProcessLimits
{
    private const int ProcessesOfLinux = 6, FilesOfLinux = 7; // RLIMIT_NPROC, RLIMIT_NOFILE
    private const ulong FewestFiles = 256, FewestProcesses = 64;

    /// <summary>What is too low, in a line; null where nothing is.</summary>
    public static string? Problem =>
        !OperatingSystem.IsLinux() ? null
        : Limit(FilesOfLinux) is var files and < FewestFiles ? Line("files may be open", files, "ulimit -n", FewestFiles)
        // Root is not limited.
        : !Environment.IsPrivilegedProcess && Limit(ProcessesOfLinux) is var processes and < FewestProcesses
            ? Line("processes and threads of this user may run", processes, "ulimit -u", FewestProcesses)
        : null;

    private static string Line(string what, ulong limit, string command, ulong fewest) => string.Create(CultureInfo.InvariantCulture,
        $"only {limit} {what} at once ({command}), and textvae needs up to {fewest}; allow them with: {command} {fewest}");

    private static ulong Limit(int resource) => GetLimit(resource, out var limits) == 0 ? limits.Soft : ulong.MaxValue;

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limits limits);

    private readonly struct Limits
    {
        public readonly ulong Soft;
        public readonly ulong Hard;
    }
}
