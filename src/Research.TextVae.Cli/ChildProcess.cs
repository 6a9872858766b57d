using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Research.TextVae.Support;

namespace Research.TextVae.Cli;

/// <summary>A program that runs for this one.</summary>
internal static partial class ChildProcess
{
    // SIGUSR1 stops politely however often it comes. Ctrl+C has reached the whole group already, and a second SIGTERM would end at once.
    private const int UserSignal = 10, UserSignalOfMac = 30;

    /// <summary>Runs a program until it ends; a request to stop is passed on to it.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="log">What it prints is appended to this file; null for this process's own output.</param>
    /// <param name="stop">Stops it politely.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="UserException">No process can be started.</exception>
    public static int Run(string program, IEnumerable<string> arguments, string? log, CancellationToken stop)
    {
        var isLogged = log is not null;
        using var writer = isLogged ? TextWriter.Synchronized(new StreamWriter(log!, append: true) { AutoFlush = true }) : TextWriter.Null;
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = isLogged, RedirectStandardError = isLogged },
        };
        process.OutputDataReceived += Write;
        process.ErrorDataReceived += Write;
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            throw new UserException($"{program} cannot be started: {error.Message}; see ulimit -u and ulimit -n.", error);
        }

        if (isLogged)
        {
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        using var forward = stop.Register(() => _ = Kill(process.Id, OperatingSystem.IsMacOS() ? UserSignalOfMac : UserSignal));
        process.WaitForExit();
        return process.ExitCode;

        void Write(object sender, DataReceivedEventArgs printed)
        {
            if (printed.Data is { } text)
                writer.WriteLine(text);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
