namespace Research.TextVae.Diagnostics;

/// <summary>The nearest sentence of a set.</summary>
/// <param name="Index">Its place in the set; the first of several equally near ones.</param>
/// <param name="Value">How near it is, by the measure that was asked for.</param>
public readonly record struct Neighbour(int Index, double Value);
