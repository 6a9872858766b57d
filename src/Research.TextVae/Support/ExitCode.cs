namespace Research.TextVae.Support;

/// <summary>What a run of a recipe or of the command line ends with.</summary>
public static class ExitCode
{
    /// <summary>All went well and every expectation held.</summary>
    public const int Success = 0;

    /// <summary>The recipe ran to its end, but at least one expectation did not hold.</summary>
    public const int ExpectationFailed = 1;

    /// <summary>The user can mend it: unknown option, missing file, malformed input, error in a recipe.</summary>
    public const int UserError = 2;

    /// <summary>A defect of the program; a stack trace was printed.</summary>
    public const int InternalError = 70;

    /// <summary>Stopped by Ctrl+C (128 + SIGINT).</summary>
    public const int Interrupted = 130;
}

/// <summary>
/// A mistake the user can mend. The message is one line that says what is wrong, where, and what to do;
/// it is printed without a stack trace and ends the program with <see cref="ExitCode.UserError"/>.
/// </summary>
public sealed class UserException(string message, Exception? innerException = null) : Exception(message, innerException);
