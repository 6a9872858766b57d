using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Engine;

/// <summary>Why a cell did not come to its end.</summary>
/// <param name="Name">The kind: the exception's type, <c>CompilationError</c>, <c>Interrupted</c>.</param>
/// <param name="Message">What is wrong, without its place.</param>
/// <param name="Trace">What a reader is shown: each line with its place, without the frames of this program.</param>
/// <param name="ExitCode">What a headless run that stops here ends with, one of <see cref="Support.ExitCode"/>.</param>
public sealed record CellError(string Name, string Message, IReadOnlyList<string> Trace, int ExitCode = Support.ExitCode.UserError)
{
    internal static CellError Interrupted { get; } =
        new("Interrupted", "the cell was interrupted", ["the cell was interrupted"], Support.ExitCode.Interrupted);

    /// <summary>A mistake that one line describes.</summary>
    internal static CellError Mistake(string place, string message) => new("Error", message, [$"{place}: error: {message}"]);
}
