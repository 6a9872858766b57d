namespace Research.TextVae.Experiments;

/// <summary>One trial of a run: its <c>members/&lt;name&gt;/config.json</c>.</summary>
public sealed record MemberDescription(string Name, ulong Seed, TrialDescription Config);
