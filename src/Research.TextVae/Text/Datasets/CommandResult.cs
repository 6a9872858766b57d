namespace Research.TextVae.Text;

/// <summary>How a program ended.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>The last line that says what went wrong.</summary>
    public string Complaint => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .LastOrDefault(line => line.StartsWith("E:", StringComparison.Ordinal) || line.Contains("ERR", StringComparison.Ordinal))
        ?? Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault()?.Trim()
        ?? $"exit code {ExitCode}";
}
