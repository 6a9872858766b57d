using System.Diagnostics;
using System.Globalization;
using Research.TextVae.Support;
using static TorchSharp.torch;

namespace Research.TextVae.Experiments;

/// <summary>Processes of one command that share the members of a run: each takes the next that is neither finished nor taken.</summary>
internal static class Workers
{
    /// <summary>Makes the process a worker; for processes that are started here, not for users.</summary>
    public const string Option = "--worker";

    /// <summary>Does members in so many processes, until none is left, and shows what they print.</summary>
    /// <param name="folder">The run, which this process holds.</param>
    /// <param name="count">Processes.</param>
    /// <param name="options">How this process was called.</param>
    /// <param name="console">Where their lines go.</param>
    /// <param name="cancellation">Stops them, each with a checkpoint.</param>
    /// <exception cref="UserException">One failed.</exception>
    public static void Run(RunFolder folder, int count, RunOptions options, RunConsole console, CancellationToken cancellation)
    {
        if (count < 2)
            return;
        var processes = Enumerable.Range(0, count).Select(number => Start(folder, number, count, options, console)).ToList();
        using (cancellation.Register(() => processes.ForEach(Stop)))
            processes.ForEach(process => process.WaitForExit());
        cancellation.ThrowIfCancellationRequested();
        var failed = processes.FindIndex(process => process.ExitCode != ExitCode.Success);
        var code = failed < 0 ? ExitCode.Success : processes[failed].ExitCode;
        processes.ForEach(process => process.Dispose());
        if (failed >= 0)
            throw new UserException(string.Create(CultureInfo.InvariantCulture,
                $"process {failed + 1} of --jobs {count} ended with code {code}; what it said stands above. The others' members are kept: "
                    + $"go on "
                    + $"with --resume {folder.Id}."));
    }

    private static Process Start(RunFolder folder, int number, int count, RunOptions options, RunConsole console)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var own = Environment.GetCommandLineArgs();
        // A program of its own comes first under dotnet; the host of an executable is called by its name.
        var isHosted = Path.GetFileNameWithoutExtension(start.FileName) == "dotnet";
        string[] here = ["--runs", Path.GetFullPath(options.Runs), "--resume", folder.Id, Option, nameof(WorkerKind.Attached)];
        foreach (var argument in own.Skip(isHosted ? 0 : 1).Concat(here))
            start.ArgumentList.Add(argument);
        var cores = Math.Max(1, Environment.ProcessorCount / count);
        start.Environment.TryAdd("OMP_NUM_THREADS", cores.ToString(CultureInfo.InvariantCulture));
        if (options.Device == "cuda" && cuda.device_count() > 1)
            start.Environment["CUDA_VISIBLE_DEVICES"] = (number % cuda.device_count()).ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(start)!;
        Pin(process, number * cores, cores);
        process.OutputDataReceived += Relay;
        process.ErrorDataReceived += Relay;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Relay(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is { Length: > 0 } text)
                console.Relay(number + 1, text);
        }
    }

    // Its first thread, from which those that compute are started.
    private static void Pin(Process process, int first, int cores)
    {
        if (!(OperatingSystem.IsLinux() || OperatingSystem.IsWindows()) || first + cores > Math.Min(Environment.ProcessorCount, 63))
            return;
        try
        {
            process.ProcessorAffinity = (nint)(((1L << cores) - 1) << first);
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has already ended, or the cores are not the first of the machine: the system shares them out.
        }
    }

    private static void Stop(Process process)
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has already ended.
        }
    }
}

/// <summary>What a worker is started by.</summary>
internal enum WorkerKind
{
    /// <summary>A process that it stops with: its input ends then.</summary>
    Attached,

    /// <summary>A scheduler, which stops it by a signal.</summary>
    Detached,
}
