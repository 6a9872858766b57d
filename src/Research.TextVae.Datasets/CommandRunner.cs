using System.ComponentModel;
using System.Diagnostics;

namespace Research.TextVae.Datasets;

/// <summary>A program and its arguments.</summary>
internal sealed record Command(string Program, IReadOnlyList<string> Arguments, string WorkingFolder)
{
    /// <summary>Receives the standard output as bytes; null to have it as text in <see cref="CommandResult.Output"/>.</summary>
    public Action<Stream>? Consume { get; init; }
}

/// <summary>How a program ended.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>The last line that says what went wrong.</summary>
    public string Complaint => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .LastOrDefault(line => line.StartsWith("E:", StringComparison.Ordinal) || line.Contains("ERR", StringComparison.Ordinal))
        ?? Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault()?.Trim()
        ?? $"exit code {ExitCode}";
}

/// <summary>Runs programs of the machine; tests put their own in its place.</summary>
internal interface ICommandRunner
{
    /// <exception cref="FetchException">There is no such program.</exception>
    CommandResult Run(Command command, CancellationToken cancellation);
}

/// <summary>Runs programs as child processes, with messages in English, and ends them when it is cancelled.</summary>
internal sealed class CommandRunner : ICommandRunner
{
    public CommandResult Run(Command command, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            WorkingDirectory = command.WorkingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using var process = Start(start);
        using var stop = cancellation.Register(() => Kill(process));
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = "";
        try
        {
            if (command.Consume is { } consume)
                consume(process.StandardOutput.BaseStream);
            else
                output = process.StandardOutput.ReadToEnd();
            // What the consumer left unread must not block the child.
            process.StandardOutput.BaseStream.CopyTo(Stream.Null);
            process.WaitForExit();
        }
        finally
        {
            Kill(process);
        }

        cancellation.ThrowIfCancellationRequested();
        return new CommandResult(process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new FetchException($"the program {start.FileName} is not on this machine", error);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself between the question and the order.
        }
    }
}
