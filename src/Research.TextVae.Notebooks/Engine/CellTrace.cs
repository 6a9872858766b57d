using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Engine;

/// <summary>Turns what a cell threw into what its reader needs: the message, and the places in cells that led there.</summary>
internal static partial class CellTrace
{
    private const int Shown = 40; // frames

    public static CellError Describe(Exception exception, Submissions submissions)
    {
        var outer = Unwrap(exception);
        var frames = FramesOf(outer);
        var place = Place(frames, submissions);
        for (var e = outer; e is not null; e = e.InnerException)
        {
            // A native library that is missing or refused says itself what to install.
            if (e is UserException or DllNotFoundException)
                return new CellError(e.GetType().Name, e.Message, [$"{place}error: {e.Message}"]);
            if (e is OperationCanceledException)
                return new CellError(e.GetType().Name, e.Message, [$"{place}{e.GetType().Name}: {e.Message}"]);
        }

        List<string> lines = [$"{place}{outer.GetType().Name}: {outer.Message}", .. Lines(frames, submissions)];
        for (var inner = outer.InnerException; inner is not null; inner = inner.InnerException)
            lines.AddRange([$"caused by {inner.GetType().Name}: {inner.Message}", .. Lines(FramesOf(inner), submissions)]);
        return new CellError(outer.GetType().Name, outer.Message, lines);
    }

    private static Exception Unwrap(Exception exception) =>
        exception is AggregateException { InnerExceptions.Count: 1 } or TargetInvocationException && exception.InnerException is { } inner
            ? Unwrap(inner)
            : exception;

    private static StackFrame[] FramesOf(Exception exception) => new StackTrace(exception, fNeedFileInfo: true).GetFrames();

    private static bool IsInCell(StackFrame frame, Submissions submissions) =>
        submissions.Contains(frame.GetMethod()?.Module.Assembly) && frame.GetFileName() is not null;

    private static string Place(StackFrame[] frames, Submissions submissions) =>
        Array.Find(frames, frame => IsInCell(frame, submissions)) is { } frame ? PlaceOf(frame, submissions) + ": " : "";

    // From the throw to the last frame in a cell; below that is this program. Of a deep recursion its two ends.
    private static IEnumerable<string> Lines(StackFrame[] frames, Submissions submissions)
    {
        var count = Array.FindLastIndex(frames, frame => IsInCell(frame, submissions)) + 1;
        return count <= Shown
            ? frames.Take(count).SelectMany(Line)
            :
            [
                .. frames.Take(Shown / 2).SelectMany(Line), $"   … {count - Shown} more",
                .. frames[(count - Shown / 2)..count].SelectMany(Line),
            ];

        IEnumerable<string> Line(StackFrame frame)
        {
            if (frame.GetMethod() is { } method && method.GetCustomAttribute<StackTraceHiddenAttribute>() is null
                && method.DeclaringType?.GetCustomAttribute<StackTraceHiddenAttribute>() is null
                && method.DeclaringType?.Namespace != "System.Runtime.CompilerServices")
            {
                yield return "   at "
                    + string.Join(
                        " in ", new[] { NameOf(frame), frame.GetFileName() is null ? null : PlaceOf(frame, submissions) }.OfType<string>());
            }
        }
    }

    private static string PlaceOf(StackFrame frame, Submissions submissions) =>
        submissions.PlaceOf(frame.GetFileName()!, frame.GetFileLineNumber(), frame.GetFileColumnNumber());

    // Submission#2.Fail, Submission#0+<<Initialize>>d__0.MoveNext, Submission#1+<>c.<<Initialize>>b__0_0, Tokenizer.<Read>d__4.MoveNext
    private static string? NameOf(StackFrame frame)
    {
        var method = frame.GetMethod()!;
        var name = SubmissionClass().Replace($"{method.DeclaringType?.FullName}.{method.Name}".Replace('+', '.'), "");
        if (name.Contains("<<Initialize>>b__", StringComparison.Ordinal))
            return "a lambda";
        if (name.Contains("<Initialize>", StringComparison.Ordinal))
            return null; // the cell itself
        return CompilerName().Replace(name, "$1");
    }

    [GeneratedRegex(@"^Submission#\d+\.")]
    private static partial Regex SubmissionClass();

    [GeneratedRegex(@"(?:<>c(?:__DisplayClass\w+)?\.)?<(\w+)>(?:d__\d+\.MoveNext|b__\w+|g__\w+\|\w+)")]
    private static partial Regex CompilerName();
}
