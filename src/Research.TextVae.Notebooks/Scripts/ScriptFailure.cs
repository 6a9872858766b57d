using System.Diagnostics;
using System.Reflection;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Scripts;

/// <summary>How a script that threw is reported.</summary>
/// <param name="ExitCode">What the process ends with.</param>
/// <param name="Message">What happened, and where in the script.</param>
/// <param name="Trace">The stack trace, if the defect may be in the program and not in the script.</param>
internal sealed record ScriptFailure(int ExitCode, string Message, string? Trace = null)
{
    public static ScriptFailure Of(Exception exception, Assembly script)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            // A native library that is missing or refused says itself what to install.
            if (e is UserException or DllNotFoundException)
                return new ScriptFailure(Support.ExitCode.UserError, "error: " + e.Message);
            if (e is OperationCanceledException)
                return new ScriptFailure(Support.ExitCode.Interrupted, "interrupted");
        }

        if (MemoryShortage.Describe(exception) is { } shortage)
            return new ScriptFailure(Support.ExitCode.UserError, "error: " + shortage);
        if (exception is AggregateException or TargetInvocationException && exception.InnerException is { } inner)
            exception = inner;
        var frames = new StackTrace(exception, fNeedFileInfo: true).GetFrames();
        var inScript = Array.FindIndex(frames, f => f.GetMethod()?.Module.Assembly == script);
        var place = inScript >= 0 && frames[inScript].GetFileName() is { } file
            ? ScriptPosition.Format(file, frames[inScript].GetFileLineNumber(), frames[inScript].GetFileColumnNumber()) + ": "
            : "";
        var message = $"{place}error: {exception.GetType().Name}: {exception.Message}";

        // Thrown by the script itself or by what it called directly is the script's mistake; so is a refused argument.
        // Anything else that comes out of the library is a defect of the library.
        var throughLibrary = inScript < 0
            || frames.Take(inScript).Any(f => f.GetMethod()?.Module.Assembly.GetName().Name == "Research.TextVae");
        return throughLibrary && exception is not ArgumentException
            ? new ScriptFailure(Support.ExitCode.InternalError, message, exception.ToString())
            : new ScriptFailure(Support.ExitCode.UserError, message);
    }

    public void Print(TextWriter writer)
    {
        writer.WriteLine(Message);
        if (Trace is not null)
            writer.WriteLine(Trace);
    }
}
