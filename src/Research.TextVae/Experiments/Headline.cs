namespace Research.TextVae.Experiments;

/// <summary>A system, where it is described, and what was measured of it.</summary>
public sealed record Headline(string System, string Documents, string Figure);
