namespace Research.TextVae.Support;

/// <summary>Exit codes of recipes and of the command line.</summary>
public static class ExitCode
{
    /// <summary>All went well and every expectation held.</summary>
    public const int Success = 0;

    /// <summary>The recipe ran to its end, but at least one expectation did not hold.</summary>
    public const int ExpectationFailed = 1;

    /// <summary>Usage error: unknown option, missing file, malformed input, error in a recipe.</summary>
    public const int UserError = 2;

    /// <summary>Internal error; a stack trace was printed.</summary>
    public const int InternalError = 70;

    /// <summary>Interrupted by Ctrl+C (128 + SIGINT).</summary>
    public const int Interrupted = 130;
}
