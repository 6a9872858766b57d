namespace Research.TextVae.Cli.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Subject">What.</param>
/// <param name="Value">What was found.</param>
/// <param name="Severity">Whether it is a hindrance.</param>
/// <param name="Remedy">What to do about it, a command if there is one.</param>
internal sealed record Finding(string Subject, string Value, Severity Severity = Severity.Fine, string? Remedy = null);
