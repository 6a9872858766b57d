using Research.TextVae.Plots;

namespace Research.TextVae.Experiments;

/// <summary>A column of a study's table.</summary>
/// <param name="Name">What members record it under, with its unit where it has one.</param>
/// <param name="Format">.NET format of its numbers.</param>
/// <param name="Best">Which end of it is good.</param>
public sealed record StudyColumn(string Name, string Format, Best Best);
