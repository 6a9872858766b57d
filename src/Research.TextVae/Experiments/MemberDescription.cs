namespace Research.TextVae.Experiments;

/// <summary>One member of a run: its <c>members/&lt;name&gt;/config.json</c>.</summary>
/// <param name="Config">What it consists of, for a reader; none when the recipe's own code is the only description.</param>
public sealed record MemberDescription(string Name, ulong Seed, object? Config);
