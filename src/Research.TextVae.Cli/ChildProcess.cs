using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Research.TextVae.Cli;

/// <summary>Another program with the console of this one.</summary>
internal static partial class ChildProcess
{
    private const int Terminate = 15; // SIGTERM

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="stop">A request to stop, which is passed on: Ctrl+C reaches both processes, a kill only this one.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public static int Run(string program, IEnumerable<string> arguments, CancellationToken stop)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        using var forward = stop.Register(() => _ = Kill(process.Id, Terminate));
        process.WaitForExit();
        return process.ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
