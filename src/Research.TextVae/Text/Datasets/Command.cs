namespace Research.TextVae.Text;

/// <summary>A program and its arguments.</summary>
internal sealed record Command(string Program, IReadOnlyList<string> Arguments, string WorkingFolder)
{
    /// <summary>Receives the standard output as bytes; null to have it as text in <see cref="CommandResult.Output"/>.</summary>
    public Action<Stream>? Consume { get; init; }
}
