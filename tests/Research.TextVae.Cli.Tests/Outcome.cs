namespace Research.TextVae.Cli.Tests;

/// <summary>What a finished process left.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error);
