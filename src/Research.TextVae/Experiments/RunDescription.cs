namespace Research.TextVae.Experiments;

/// <summary>What a run does, in full: its <c>config.json</c>.</summary>
public sealed record RunDescription
{
    internal const string FileName = "config.json";

    public required string Recipe { get; init; }

    public required string Title { get; init; }

    public required string About { get; init; }

    public required Preset Preset { get; init; }

    public required ulong Seed { get; init; }

    public required string Device { get; init; }

    /// <summary>The recipe's parameters with the values used.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    public required IReadOnlyList<MemberDescription> Members { get; init; }
}
